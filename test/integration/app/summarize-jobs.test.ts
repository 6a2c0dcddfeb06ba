import { beforeEach, expect, test } from 'vitest';
import { summarizeJobs } from '../../../lib/app/summarize-jobs.ts';
import { after, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

test('a summary has the words of the schedule and the last runs, the latest first', async () => {
  const job = await storeJob({ schedule: '30 2 * * *', timeZone: 'Europe/Berlin', name: 'report' });
  const other = await storeJob({ schedule: '@every 90s' });
  const executions = await dispatch(job.id, after(-3_000), after(-2_000), after(-1_000), after(60_000));
  await pool.query(
    `update job_executions set status = 'SUCCESS', execution_duration = 12 where execution_time < $1`,
    [NOON],
  );
  expect(await summarizeJobs(pool, [job.id, other.id], { runs: 2, now: NOON })).toMatchObject([
    {
      id: job.id,
      name: 'report',
      isDeleted: false,
      scheduleWords: 'at 02:30 every day, Europe/Berlin time',
      runs: [
        { executionId: executions[2]!.id, executionTime: after(-1_000), status: 'SUCCESS', durationMs: 12 },
        { executionId: executions[1]!.id },
      ],
    },
    { id: other.id, scheduleWords: expect.stringContaining('every 1 minute and 30 seconds'), runs: [] },
  ]);
});

test('a deleted job has a summary, and an id that no job had has none', async () => {
  const { id } = await storeJob();
  await pool.query('update jobs set deleted_at = now(), is_active = false where id = $1', [id]);
  const summaries = await summarizeJobs(pool, [id, id + 1, id], { runs: 0, now: NOON });
  expect(summaries).toMatchObject([{ id, isDeleted: true, runs: [] }]);
});

test('a schedule that this version cannot read has no words', async () => {
  const { id } = await storeJob();
  await pool.query(`update jobs set schedule = 'of a later version' where id = $1`, [id]);
  expect(await summarizeJobs(pool, [id], { runs: 1, now: NOON })).toMatchObject([{ scheduleWords: null }]);
});
