import { describe, expect, test } from 'vitest';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
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

describe('an operation on jobs that Belfry paused for their failures', () => {
  /** Creates jobs that are paused: the first by Belfry, the others by a person. */
  async function createPaused(tag: string, count: number): Promise<number[]> {
    const jobs = await createTagged(tag, count);
    const ids = jobs.map(({ id }) => id);
    await belfry.pool.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
       select id, 3, $2, $2 from unnest($1::bigint[]) id`,
      [ids, belfry.clock.now()],
    );
    await belfry.pool.query('update failing_jobs set paused_at = $2 where job_id = $1', [
      ids[0],
      belfry.clock.now(),
    ]);
    for (const id of ids) await belfry.changeJob(id, { isActive: false });
    return ids;
  }

  test('a resume acts on these jobs alone, and then none is left', async () => {
    const ids = await createPaused('by-failures', 3);
    const filter = { tag: 'by-failures', state: 'PAUSED_BY_FAILURES' };
    expect(await start({ action: 'resume', filter })).toMatchObject({
      state: 'DONE',
      done: 1,
      skipped: 0,
      matched: { count: 1, isCapped: false },
      filter,
    });
    expect(await activeOf(ids)).toEqual([true, false, false]);
    expect(await start({ action: 'resume', filter })).toMatchObject({ done: 0, matched: { count: 0 } });
  });

  /** Reads a stored filter as the two versions before did. */
  const readers: [string, (stored: Record<string, string | undefined>) => object][] = [
    ['knows filters of one state', ({ nextBefore, ...conditions }) => withInstant(conditions, nextBefore)],
    [
      'knows filters of several states',
      ({ severalStates, nextTimeBefore, nextBefore, ...conditions }) => {
        const isOfLater =
          severalStates !== undefined ||
          ['schedule', 'timeZone', 'ids'].some((name) => conditions[name] !== undefined) ||
          conditions['state']?.includes(',') === true;
        const read = { ...conditions, ...(severalStates !== undefined && { state: severalStates }) };
        return withInstant(read, isOfLater ? nextTimeBefore : nextBefore);
      },
    ],
  ];
  const withInstant = (conditions: object, instant: string | undefined) => ({
    ...conditions,
    ...(instant !== undefined && { nextBefore: new Date(instant) }),
  });

  const state = 'PAUSED_BY_FAILURES';
  const filters: JobFilter[] = [
    { state },
    { state, tag: 'before' },
    { state, schedule: '0 3 * * *' },
    { state, keyPrefix: 'a', timeZone: 'UTC' },
    { state: `ACTIVE,${state}` },
    { state: `${state},FINISHED`, nextBefore: new Date('2030-04-01T00:00:00Z') },
  ];

  test.each(readers.flatMap(([version, read]) => filters.map((filter) => ({ version, filter, read }))))(
    'a version that $version fails on $filter, and changes no job',
    async ({ filter, read }) => {
      const [id] = await createPaused('before', 2);
      for (const each of [filter, { ...filter, ids: [id!, id! + 1] }]) {
        const operation = await start({ action: 'pause', filter: each });
        const { rows } = await belfry.pool.query<{ filter: Record<string, string | undefined> }>(
          'select filter from operations where id = $1',
          [operation.id],
        );
        const page = { afterId: 0, maxId: 1_000_000, limit: 10 };
        await expect(
          listMatchingJobIds(belfry.pool, read(rows[0]!.filter), page, belfry.clock.now()),
        ).rejects.toMatchObject({ code: '22007' });
        // This version reads what was asked for.
        expect(operation.filter).toEqual(each);
      }
    },
  );
});
