import { describe, expect, test } from 'vitest';
import { factCodes } from '../../../lib/domain/fact.ts';
import { aJob } from '../../support/a-job.ts';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import {
  explain,
  explainId,
  HELD_DUE,
  pauseOrigin,
  SECOND_LATER,
  seen,
  sentencesOf,
} from './explain-fixture.ts';
import {
  belfry,
  createDueJob,
  DUE,
  passTimeUntilOver,
  setUpWorker,
  startHangingRequest,
  target,
  TIMEOUT_MS,
  work,
} from './worker-fixture.ts';

setUpWorker();

describe('the explanation of an execution', () => {
  test('an execution that ran in time was dispatched, started and succeeded', async () => {
    const job = await createDueJob();
    expect(sentencesOf(await explain(job.id))).toEqual([
      'It was dispatched at 2030-03-04T10:00:00.000Z, 5 s before its execution time.',
      `It waits. Its next attempt is due at ${DUE}.`,
    ]);
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(sentencesOf(await explain(job.id))).toEqual([
      'It was dispatched at 2030-03-04T10:00:00.000Z, 5 s before its execution time.',
      `Its first request left at ${DUE}, less than 1 ms after its execution time.`,
      `It succeeded at ${DUE}. The target answered 200.`,
    ]);
  });

  test('a late tick is the recorded cause of a late execution', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 12 * * *', api: target.url }));
    await belfry.clock.advanceTo('2030-03-04T12:00:07.000Z');
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    const facts = await explain(job.id);
    expect(facts[0]).toEqual({
      code: 'DISPATCHED_LATE',
      at: new Date('2030-03-04T12:00:07.000Z'),
      values: { executionTime: '2030-03-04T12:00:00.000Z', lateMs: 7_000, by: 'TICK' },
      sentence: 'It was dispatched by a tick at 2030-03-04T12:00:07.000Z, 7 s after its execution time.',
    });
    expect(facts[1]).toMatchObject({ code: 'STARTED', values: { latenessMs: 7_000 } });
    expect(facts[1]?.sentence).not.toContain('No cause');
  });

  test('a job that is created with an instant that has just passed is dispatched late by the API', async () => {
    const job = await belfry.createJob(
      aJob({ schedule: '2030-03-04T09:59:58Z', isRecurring: false, api: target.url }),
    );
    expect((await explain(job.id))[0]).toMatchObject({
      code: 'DISPATCHED_LATE',
      values: { lateMs: 2_000, by: 'API' },
    });
  });

  test('an execution that the queue did not have was queued by a tick', async () => {
    const job = await createDueJob();
    await belfry.redis.flushdb();
    await belfry.clock.advanceTo(SECOND_LATER);
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    expect(sentencesOf(await explain(job.id))).toContain(
      `It was missing in the queue. A tick queued it at ${SECOND_LATER}.`,
    );
  });

  test('the explanation says when a delay has no recorded cause', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(SECOND_LATER);
    await work();
    expect((await explain(job.id))[1]).toMatchObject({
      code: 'STARTED',
      sentence: `Its first request left at ${SECOND_LATER}, 1 s after its execution time. No cause of the delay is recorded.`,
    });
  });

  test('an execution whose host had no room was put off, and each time is counted', async () => {
    target.answerWith('hang');
    const api = `${target.url}/hook`;
    const jobs = await belfry.createJobs(
      Array.from({ length: 9 }, () => aJob({ schedule: DUE, isRecurring: false, api, timeoutMs: 60_000 })),
    );
    await belfry.clock.advanceTo(DUE);
    const { runWorker } = compose({ ...belfry.parts, settings: { ...belfry.settings, maxInFlight: 8 } });
    const running = runWorker(belfry.inMs(TIMEOUT_MS));
    await until(() => target.requests.length === 6);
    // One step, past the time that a burst waits for its host. Further steps could make the snoozed executions due before a look.
    await belfry.clock.advanceBy(300);
    await until(async () => (await belfry.queue.stats(belfry.clock.nowMs())).scheduled === 3);
    target.answerWith(200);
    target.cut();
    await passTimeUntilOver(running);
    await until(async () => {
      await belfry.clock.advanceBy(500);
      await runWorker(belfry.inMs(TIMEOUT_MS));
      return target.requests.length >= 9;
    });
    const explained = await Promise.all(jobs.map(({ id }) => explain(id)));
    const snoozed = explained.flatMap((facts) => facts.filter(({ code }) => code === 'SNOOZED'));
    expect(snoozed).toHaveLength(3);
    for (const { values } of snoozed) {
      expect(values['count']).toBeGreaterThanOrEqual(1);
      expect(values['totalMs']).toBeGreaterThanOrEqual(1_000);
    }
  });

  test('an execution whose origin had asked for a pause was held back', async () => {
    const job = await pauseOrigin();
    await belfry.clock.advanceTo(HELD_DUE);
    await work();
    await belfry.clock.advanceTo('2030-03-04T10:00:30.000Z');
    await work();
    const facts = await explain(job.id);
    expect(facts.find(({ code }) => code === 'HELD_BACK')).toMatchObject({
      values: { count: 1, totalMs: 15_000 },
    });
    expect(facts.at(-1)).toMatchObject({ code: 'SUCCEEDED' });
  });

  test('a failed attempt says why it failed, and when the next one was planned', async () => {
    target.answerWith(503);
    const job = await createDueJob({ maxRetryCount: 1 });
    await belfry.clock.advanceTo(DUE);
    await work();
    await belfry.clock.advanceTo(SECOND_LATER);
    await work();
    const facts = await explain(job.id);
    expect(
      facts.slice(2).map(({ code, values }) => [code, values['statusCode'] ?? values['reason']]),
    ).toEqual([
      ['ATTEMPT_FAILED', 503],
      ['ATTEMPT_FAILED', 503],
      ['FAILED', 'STATUS_NOT_SUCCESS'],
    ]);
    expect(facts[2]?.sentence).toMatch(
      /^Attempt 1 failed after \d+ ms: the target answered 503\. The next attempt was planned for 2030-03-04T10:00:06\.000Z\.$/,
    );
    expect(facts[3]?.sentence).not.toContain('planned');
  });

  test('the explanation says that a target was refused', async () => {
    const job = await createDueJob({ api: 'http://169.254.169.254/latest/meta-data/' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect((await explain(job.id))[1]).toMatchObject({
      code: 'ATTEMPT_REFUSED',
      values: { number: 1, reason: 'TARGET_REFUSED' },
    });
  });

  test('an execution that a tick freed from a vanished worker says so', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.pool.query(
      `update job_executions
          set status = 'RUNNING', claim_token = gen_random_uuid(), started_at = $1, lease_expires_at = $1`,
      [new Date(DUE)],
    );
    await belfry.clock.advanceTo(SECOND_LATER);
    await belfry.runTick(belfry.inMs(50_000));
    expect(sentencesOf(await explain(job.id))).toContain(
      `The worker of attempt 1 vanished. A tick freed the execution at ${SECOND_LATER}. Whether the target got the request is ` +
        `unknown. The next attempt was planned for ${SECOND_LATER}.`,
    );
  });

  test('an execution that runs while its job is paused is withdrawn, and a resume takes that back', async () => {
    const { job, fail } = await startHangingRequest();
    expect((await explain(job.id)).at(-1)).toMatchObject({ code: 'RUNNING', at: new Date(DUE) });
    await belfry.changeJob(job.id, { isActive: false });
    expect(sentencesOf(await explain(job.id))).toContain(
      'It gets no further attempt, because the job was paused.',
    );
    await belfry.changeJob(job.id, { isActive: true });
    expect((await explain(job.id)).map(({ code }) => code)).not.toContain('WITHDRAWN');
    await fail();
  });

  test.each([
    ['the job was paused', 'JOB_PAUSED', (id: number) => belfry.changeJob(id, { isActive: false })],
    [
      'the schedule was changed',
      'SCHEDULE_CHANGED',
      (id: number) => belfry.changeJob(id, { schedule: '2031-01-01T00:00:00Z' }),
    ],
    ['the job was deleted', 'JOB_DELETED', (id: number) => belfry.deleteJob(id)],
  ])('an execution that was cancelled because %s says so', async (why, reason, change) => {
    const job = await createDueJob();
    await change(job.id);
    expect((await explain(job.id)).at(-1)).toEqual({
      code: 'CANCELLED',
      at: new Date('2030-03-04T10:00:00.000Z'),
      values: { reason },
      sentence: `It was cancelled at 2030-03-04T10:00:00.000Z, because ${why}.`,
    });
  });

  test('an execution that waited for a retry is cancelled when its job becomes AT_MOST_ONCE', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work();
    await belfry.changeJob(job.id, { type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    expect((await explain(job.id)).at(-1)).toMatchObject({
      code: 'CANCELLED',
      values: { reason: 'BECAME_AT_MOST_ONCE' },
    });
  });

  test('the explanation says that a caller asked for an execution, or cancelled it', async () => {
    const job = await belfry.createJob(aJob({ schedule: '@daily', api: target.url }));
    const run = await belfry.runJob(job.id, { body: undefined });
    expect((await explainId(run.id))[0]).toMatchObject({ code: 'REQUESTED', values: { trigger: 'MANUAL' } });
    await belfry.cancelExecution(run.id);
    expect((await explainId(run.id)).at(-1)).toMatchObject({
      code: 'CANCELLED',
      values: { reason: 'CANCELLED_BY_CALLER' },
    });
  });

  test('failed attempts of an earlier version are counted as not kept', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work();
    await belfry.pool.query('delete from job_attempts');
    expect(sentencesOf(await explain(job.id))).toContain('1 failed attempt is not in the history.');
  });

  test('skipped occurrences say how many they are, why they did not run, and which one ran instead', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */10 * * * *', api: target.url }));
    await belfry.clock.advanceTo('2030-03-04T15:01:00Z');
    await belfry.runTick(belfry.inMs(50_000));
    const [skipped, instead] = await belfry.executions(job.id);
    expect(await explainId(skipped!.id)).toEqual([
      {
        code: 'SKIPPED',
        at: new Date('2030-03-04T15:01:00Z'),
        values: {
          reason: 'MISFIRE',
          count: 29,
          first: '2030-03-04T10:10:00.000Z',
          last: '2030-03-04T14:50:00.000Z',
          behindMs: 17_460_000,
          by: 'TICK',
          insteadId: instead!.id,
          insteadTime: '2030-03-04T15:00:00.000Z',
        },
        sentence: `Belfry did not run the 29 occurrences from 2030-03-04T10:10:00.000Z to 2030-03-04T14:50:00.000Z. The schedule was 4 h 51 min behind when a tick dispatched it at 2030-03-04T15:01:00.000Z. A schedule that is more than 5 min behind runs only the latest missed occurrence: the one at 2030-03-04T15:00:00.000Z, execution ${instead!.id}.`,
      },
    ]);
  });

  test('a single occurrence that a change of the job skipped is described as one', async () => {
    const job = await belfry.createJob(aJob({ schedule: '0 */10 * * * *', api: target.url }));
    await belfry.clock.advanceTo('2030-03-04T10:21:00Z');
    await belfry.deleteJob(job.id);
    const [skipped, instead] = await belfry.executions(job.id);
    expect(sentencesOf(await explainId(skipped!.id))).toEqual([
      `Belfry did not run the occurrence at 2030-03-04T10:10:00.000Z. The schedule was 11 min behind when a request changed the job at 2030-03-04T10:21:00.000Z. A schedule that is more than 5 min behind runs only the latest missed occurrence: the one at 2030-03-04T10:20:00.000Z, execution ${instead!.id}.`,
    ]);
  });

  test('every fact occurred in the tests of this file', () => {
    expect(factCodes.filter((code) => !seen.has(code))).toEqual([]);
  });
});
