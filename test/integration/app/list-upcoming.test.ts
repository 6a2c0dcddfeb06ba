import { beforeEach, describe, expect, test } from 'vitest';
import { listAllUpcoming, listJobUpcoming } from '../../../lib/app/list-upcoming.ts';
import type { PlacedUpcoming, UpcomingPlace } from '../../../lib/domain/upcoming.ts';
import { after, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const shown = ({ item }: PlacedUpcoming): string =>
  item.isDispatched
    ? `${item.execution.jobId} dispatched ${secondsAfter(item.execution.executionTime)}`
    : `${item.occurrence.jobId} ${secondsAfter(new Date(item.occurrence.timeMs))}`;
const secondsAfter = (time: Date) => (time.getTime() - NOON.getTime()) / 1_000;

async function readAll(
  limit: number,
  read: (
    after: UpcomingPlace | undefined,
  ) => Promise<{ items: PlacedUpcoming[]; next: UpcomingPlace | undefined }>,
) {
  const items: string[] = [];
  for (let place: UpcomingPlace | undefined; ;) {
    const page = await read(place);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items.map(shown));
    if (page.next === undefined) return items;
    place = page.next;
  }
}

const readAllUpcoming = (limit: number, until = after(600_000)) =>
  readAll(limit, (place) => listAllUpcoming(pool, { until, limit, after: place }, NOON));

const readJobUpcoming = (jobId: number, limit: number, until?: Date) =>
  readAll(limit, (place) => listJobUpcoming(pool, jobId, { until, limit, offset: 0, after: place }, NOON));

describe('the upcoming executions of all jobs', () => {
  test('upcoming executions are listed by time, dispatched ones together with computed ones', async () => {
    const often = await storeJob({ schedule: '*/4 * * * *', nextExecutionTime: after(240_000) });
    const once = await storeJob({
      schedule: '@hourly',
      isRecurring: false,
      nextExecutionTime: after(240_000),
    });
    const paused = await storeJob({ isActive: false, nextExecutionTime: null });
    const waiting = await storeJob({ nextExecutionTime: after(3_600_000) });
    await dispatch(waiting.id, after(-5_000), after(240_000));
    await dispatch(often.id, NOON);
    await dispatch(paused.id, after(1_000));
    await pool.query(`update job_executions set status = 'RETRYING' where job_id = $1`, [paused.id]);
    const expected = [
      `${waiting.id} dispatched -5`,
      `${often.id} dispatched 0`,
      `${waiting.id} dispatched 240`,
      `${often.id} 240`,
      `${once.id} 240`,
      `${often.id} 480`,
    ];
    for (const limit of [1, 2, 50]) expect(await readAllUpcoming(limit)).toEqual(expected);
    expect(await readAllUpcoming(50, after(100_000))).toEqual(expected.slice(0, 2));
  });

  test('occurrences of many jobs at the same time are listed page by page', async () => {
    for (let count = 0; count < 7; count += 1)
      await storeJob({ nextExecutionTime: after(60_000), schedule: '@hourly' });
    const all = await readAllUpcoming(50);
    expect(all).toHaveLength(7);
    expect(await readAllUpcoming(2)).toEqual(all);
  });

  test('many retries that are due first do not end the list', async () => {
    const { id } = await storeJob({ nextExecutionTime: null });
    await pool.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       select $1, 1, 'RETRYING', at, at, at, at from generate_series(1, 2500) n,
              lateral (select $2::timestamptz + n * interval '1 ms') t (at)`,
      [id, NOON],
    );
    await dispatch(id, after(2_000.5), after(10_000));
    expect(await readAllUpcoming(50)).toEqual([`${id} dispatched 10`]);
  });

  test('a schedule that this version cannot read is left out', async () => {
    await storeJob({ timeZone: 'Mars/Olympus', nextExecutionTime: after(1_000) });
    expect(await readAllUpcoming(50)).toEqual([]);
  });
});

describe('the upcoming executions of a job', () => {
  test('the upcoming executions of a job are listed by pages, until an instant', async () => {
    const { id } = await storeJob({ schedule: '*/4 * * * *', nextExecutionTime: after(240_000) });
    await dispatch(id, after(-1_000), NOON);
    const expected = [`${id} dispatched -1`, `${id} dispatched 0`, `${id} 240`, `${id} 480`];
    for (const limit of [1, 3, 50])
      expect(await readJobUpcoming(id, limit, after(500_000))).toEqual(expected);
  });

  test('the next execution of a job is listed, even if it is far ahead', async () => {
    const next = after(3 * 366 * 86_400_000);
    const { id } = await storeJob({ schedule: '0 12 1 1 *', isRecurring: false, nextExecutionTime: next });
    expect(await readJobUpcoming(id, 50)).toEqual([`${id} ${secondsAfter(next)}`]);
    expect(await readJobUpcoming(id, 50, after(1_000))).toEqual([]);
  });

  test('an offset skips executions of a job', async () => {
    const { id } = await storeJob({ schedule: '* * * * *', nextExecutionTime: after(60_000) });
    await dispatch(id, NOON);
    const page = { until: undefined, limit: 2, offset: 2, after: undefined };
    const { items, next } = await listJobUpcoming(pool, id, page, NOON);
    expect(items.map(shown)).toEqual([`${id} 120`, `${id} 180`]);
    expect(next).toBeDefined();
  });

  test('a job that never existed is not found, and one without upcoming executions has an empty list', async () => {
    const { id } = await storeJob({ isActive: false, nextExecutionTime: null });
    expect(await readJobUpcoming(id, 5)).toEqual([]);
    await expect(readJobUpcoming(id + 1, 5)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
