import { describe, expect, test } from 'vitest';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { activeOf, asked, belfry, createTagged, setUpOperations, start, use } from './operations-fixture.ts';

setUpOperations();

describe('an operation on jobs by their ids', () => {
  test('an operation by ids acts once on each of these jobs and on no other, and its filter is read as it was stored', async () => {
    const [first, second, third] = await createTagged('by-ids', 3);
    const ids = [second!.id, first!.id, first!.id, 4_000_000];
    const operation = await start({ action: 'pause', filter: { ids } });
    expect(operation).toMatchObject({ state: 'DONE', matched: { count: 2 }, done: 2, filter: { ids } });
    expect(await activeOf([first!.id, second!.id, third!.id])).toEqual([false, false, true]);
  });

  test('the other conditions hold as well', async () => {
    const [tagged] = await createTagged('by-ids-and-tag', 1);
    const [other] = await createTagged('other', 1);
    const filter = { ids: [tagged!.id, other!.id], tag: 'by-ids-and-tag' };
    expect(await start({ action: 'pause', filter })).toMatchObject({ done: 1 });
    expect(await activeOf([tagged!.id, other!.id])).toEqual([false, true]);
  });

  test('a selection of a herd is spread, and the dry run shows a job of it', async () => {
    const jobs = await createTagged('by-ids-spread', 4);
    const chosen = jobs.slice(1, 3).map(({ id }) => id);
    const operation = { action: 'spread' as const, filter: { ids: chosen }, spread: { withinSeconds: 300 } };
    const { spread } = await use().dryRun(asked(operation));
    expect(chosen).toContain(spread?.example?.jobId);
    expect(await start(operation)).toMatchObject({ done: 2 });
    const { rows } = await belfry.pool.query<{ id: number; isMoved: boolean }>(
      `select id, schedule <> '0 3 * * *' as "isMoved" from jobs where id = any($1) order by id`,
      [jobs.map(({ id }) => id)],
    );
    expect(rows.map(({ isMoved }) => isMoved)).toEqual([false, true, true, false]);
  });

  test('a version that does not know ids fails on the filter, and changes no job', async () => {
    const [job] = await createTagged('by-ids-before', 1);
    const operation = await start({ action: 'tag', filter: { ids: [job!.id] } });
    const { rows } = await belfry.pool.query<{ filter: { ids?: number[]; nextBefore: string } }>(
      'select filter from operations where id = $1',
      [operation.id],
    );
    // As that version reads it.
    const { ids: _, nextBefore } = rows[0]!.filter;
    const page = { afterId: 0, maxId: 1_000_000, limit: 10 };
    const asRead = { nextBefore: new Date(nextBefore) };
    await expect(listMatchingJobIds(belfry.pool, asRead, page, belfry.clock.now())).rejects.toMatchObject({
      code: '22007',
    });
  });
});
