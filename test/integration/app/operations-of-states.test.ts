import { describe, expect, test } from 'vitest';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { activeOf, belfry, createTagged, setUpOperations, start } from './operations-fixture.ts';

setUpOperations();

describe('an operation on jobs in several states', () => {
  const nextBefore = new Date('2030-04-01T00:00:00.000Z');
  const filter = { tag: 'states', state: 'ACTIVE,PAUSED', nextBefore };

  test('a filter by several states is stored and read, and finds the jobs of each state', async () => {
    const [active, paused] = await createTagged('states', 2);
    await belfry.changeJob(paused!.id, { isActive: false });
    const operation = await start({ action: 'tag', filter, tags: { add: ['seen'], remove: [] } });
    expect(operation).toMatchObject({ state: 'DONE', done: 1, filter });
    const both = { tag: 'states', state: 'ACTIVE,PAUSED' };
    expect(await start({ action: 'pause', filter: both })).toMatchObject({
      done: 1,
      skipped: 1,
      filter: both,
    });
    expect(await activeOf([active!.id, paused!.id])).toEqual([false, false]);
  });

  test('a version that knows filters of one state alone fails on it, and changes no job', async () => {
    const operation = await start({ action: 'delete', filter });
    const { rows } = await belfry.pool.query<{ filter: { state?: string; nextBefore: string } }>(
      'select filter from operations where id = $1',
      [operation.id],
    );
    const { filter: stored } = rows[0]!;
    expect(stored.state).toBeUndefined();
    // As that version reads it.
    const asRead = { ...stored, nextBefore: new Date(stored.nextBefore) };
    const page = { afterId: 0, maxId: 1_000_000, limit: 10 };
    await expect(listMatchingJobIds(belfry.pool, asRead, page, belfry.clock.now())).rejects.toMatchObject({
      code: '22007',
    });
  });
});
