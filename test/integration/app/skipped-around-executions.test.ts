import { expect, test } from 'vitest';
import { makeExplainExecution } from '../../../lib/app/explain-execution.ts';
import { recordSkipped } from '../../../lib/app/record-skipped.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import { belfry, createMissing, setUpMissing, START, storedOf, tick } from './skipped-fixture.ts';

setUpMissing();

const today = (time: string) => `2030-03-04T${time}Z`;

/** Stores occurrences that were dispatched ahead and cancelled, by a caller, or with their job when it was paused. */
async function storeCancelled(jobId: number, times: readonly string[], by: 'caller' | 'pause' = 'caller') {
  await belfry.pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, reason, cancel_requested_at, finished_at,
                                 created_at, updated_at)
     select $1, 1, 'CANCELLED', at, at, $3, $4, $5, $5, $5 from unnest($2::timestamptz[]) at`,
    [
      jobId,
      times.map(today),
      by === 'caller' ? 'CANCELLED_BY_CALLER' : 'JOB_PAUSED',
      by === 'caller' ? START : null,
      START,
    ],
  );
}

async function countOf(status: string): Promise<number> {
  const { rows } = await belfry.pool.query<{ total: number }>(
    `select coalesce(sum(executions), 0)::bigint as total from outcome_counts
      where series = 'all' and period_seconds = 86400 and status = $1`,
    [status],
  );
  return rows[0]?.total ?? 0;
}

test('cancelled occurrences among skipped ones keep their executions, and are not counted as skipped', async () => {
  const job = await createMissing();
  await storeCancelled(job.id, ['10:30:00', '10:50:00']);
  await belfry.clock.advanceTo(today('11:15:00'));
  await tick();
  expect(await storedOf(job.id)).toEqual([
    '2 from 10:10:00 to 10:20:00, by TICK',
    'CANCELLED 10:30:00',
    '1 from 10:40:00 to 10:40:00, by TICK',
    'CANCELLED 10:50:00',
    '1 from 11:00:00 to 11:00:00, by TICK',
    'SCHEDULED 11:10:00',
  ]);
  expect(await countOf('SKIPPED')).toBe(4);
});

test('occurrences before many cancelled ones are recorded', async () => {
  const job = await createMissing({ schedule: '0 * * * * *' });
  const times = Array.from({ length: 30 }, (_, place) => `10:${place + 10}:00`);
  await storeCancelled(job.id, times);
  await belfry.clock.advanceTo(today('10:40:10'));
  await tick();
  expect((await storedOf(job.id)).filter((words) => !words.startsWith('SCHEDULED'))).toEqual([
    '5 from 10:05:00 to 10:09:00, by TICK',
    ...times.map((time) => `CANCELLED ${time}`),
  ]);
});

test('occurrences that were all cancelled have no further record', async () => {
  const job = await createMissing();
  await storeCancelled(job.id, ['10:10:00', '10:20:00', '10:30:00']);
  await belfry.clock.advanceTo(today('10:45:00'));
  await tick();
  expect(await storedOf(job.id)).toEqual([
    'CANCELLED 10:10:00',
    'CANCELLED 10:20:00',
    'CANCELLED 10:30:00',
    'SCHEDULED 10:40:00',
  ]);
});

test('occurrences that a pause had cancelled, and that were missed after a resume, are skipped', async () => {
  const job = await createMissing();
  await storeCancelled(job.id, ['10:10:00', '10:20:00', '10:40:00'], 'pause');
  await belfry.clock.advanceTo(today('10:55:00'));
  await tick();
  expect(await storedOf(job.id)).toEqual(['4 from 10:10:00 to 10:40:00, by TICK', 'SCHEDULED 10:50:00']);
});

test('executions of an earlier schedule between skipped occurrences stay, and divide nothing', async () => {
  const job = await createMissing();
  await storeCancelled(job.id, ['10:15:00'], 'pause');
  await storeCancelled(job.id, ['10:25:00']);
  await belfry.clock.advanceTo(today('10:45:00'));
  await tick();
  expect(await storedOf(job.id)).toEqual([
    'CANCELLED 10:15:00',
    'CANCELLED 10:25:00',
    '3 from 10:10:00 to 10:30:00, by TICK',
    'SCHEDULED 10:40:00',
  ]);
});

test('executions that are read in several rounds leave no occurrence out', async () => {
  const { id: jobId } = await createMissing();
  await storeCancelled(jobId, ['10:10:00', '10:20:00', '10:25:00', '10:40:00', '11:10:00']);
  const range = { firstMs: Date.parse(today('10:10:00')), lastMs: Date.parse(today('11:20:00')), count: 8 };
  const skipped = { jobId, jobRevision: 1, schedule: '0 */10 * * * *', timeZone: 'UTC', skipped: range };
  await inTransaction(belfry.pool, (tx) => recordSkipped(tx, [skipped], belfry.clock.now(), 'TICK', 2));
  expect((await storedOf(jobId)).filter((words) => !words.startsWith('CANCELLED'))).toEqual([
    '1 from 10:30:00 to 10:30:00, by TICK',
    '2 from 10:50:00 to 11:00:00, by TICK',
    '1 from 11:20:00 to 11:20:00, by TICK',
  ]);
});

test('each record names the occurrence that ran instead, and no cancelled one', async () => {
  const job = await createMissing();
  await storeCancelled(job.id, ['10:30:00']);
  await belfry.clock.advanceTo(today('10:55:00'));
  await tick();
  const skipped = (await belfry.executions(job.id)).filter(({ status }) => status === 'SKIPPED');
  expect(skipped).toHaveLength(2);
  for (const { id } of skipped) {
    const facts = await makeExplainExecution(belfry.parts)(id);
    expect(facts[0]?.values).toMatchObject({ insteadTime: '2030-03-04T10:50:00.000Z' });
  }
});
