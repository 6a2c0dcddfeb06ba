import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import { startTarget, type ReceivedRequest, type Target } from '../../support/target.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { compose } from '../../support/belfry.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

/** The target of reports. */
let ears: Target;

beforeEach(async () => {
  ears = await startTarget();
});
afterEach(() => ears.close());

const tick = (parts: Partial<typeof belfry.parts> = {}) =>
  compose({ ...belfry.parts, ...parts }).runTick(belfry.inMs(50_000));

// Tests look into the reports, whose form the first test holds.
// oxlint-disable-next-line typescript/no-explicit-any
const reports = (): { type: string; timestamp: string; data: any }[] =>
  ears.requests.map(({ body }) => JSON.parse(body));

/** Runs the worker until everything that is due now has ended. */
const workAll = async (parts: Partial<typeof belfry.parts> = {}): Promise<void> => {
  await work(parts);
  await work(parts);
};

/** Executions of a job, with their triggers. */
async function executionsOf(jobId: number) {
  const { rows } = await belfry.parts.pool.query<{
    id: number;
    trigger: string;
    status: string;
    originId: number | null;
    url: string | null;
  }>(
    `select id, trigger, status, origin_id as "originId", request_url as url
       from job_executions where job_id = $1 order by id`,
    [jobId],
  );
  return rows;
}

const failing = async () => {
  const { rows } = await belfry.parts.pool.query<{ count: number; paused: boolean }>(
    'select failures_in_a_row as count, paused_at is not null as paused from failing_jobs',
  );
  return rows;
};

/** Runs the job once more, by hand. */
async function runAgain(jobId: number, answer: number): Promise<void> {
  target.answerWith(answer);
  await belfry.clock.advanceBy(1_000);
  await belfry.runJob(jobId, { body: undefined });
  await workAll();
}

const once = { maxRetryCount: 0 } as const;

describe('a report of a failure', () => {
  test('an execution that ends FAILED is reported at once, signed, and without the headers of the job', async () => {
    target.answerWith(500);
    const job = await createDueJob({
      ...once,
      key: 'reports/nightly',
      onFailure: `${ears.url}/failed`,
      method: 'PUT',
      headers: { Authorization: 'Bearer canary', 'X-Team': 'billing' },
    });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    const [request] = ears.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/failed' });
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(request?.headers).not.toHaveProperty('x-team');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-belfry-trigger': 'CALLBACK',
    });
    const [failed, callback] = await executionsOf(job.id);
    expect(reports()).toEqual([
      {
        type: 'job.failed',
        timestamp: DUE,
        data: {
          job: { id: job.id, key: 'reports/nightly', name: null },
          execution: {
            id: failed?.id,
            trigger: 'SCHEDULE',
            status: 'FAILED',
            executionTime: DUE,
            startedAt: DUE,
            finishedAt: DUE,
            retryCount: 0,
            statusCode: 500,
            reason: 'STATUS_NOT_SUCCESS',
            errorMessage: 'the target answered 500',
          },
          failuresInARow: 1,
          failingSince: DUE,
          pausesJob: false,
        },
      },
    ]);
    expect(callback).toMatchObject({ trigger: 'CALLBACK', status: 'SUCCESS', originId: failed?.id });
    await verify(request!);
  });

  test('a report is retried by its own rules, and its failure causes no further report', async () => {
    target.answerWith(500);
    ears.answerWith(503);
    const job = await createDueJob({ ...once, type: 'AT_MOST_ONCE', onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(ears.requests).toHaveLength(2);
    await belfry.parts.pool.query(`update job_executions set retry_count = 12 where trigger = 'CALLBACK'`);
    await belfry.clock.advanceBy(3_000);
    await work();
    await tick();
    const [, callback, ...others] = await executionsOf(job.id);
    expect(callback).toMatchObject({ trigger: 'CALLBACK', status: 'FAILED' });
    expect(others).toEqual([]);
    expect(await failing()).toEqual([{ count: 1, paused: false }]);
  });

  test('a report that a crash left is sent by the next tick, once', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    await work({ publishWakeUps: belfry.parts.publishWakeUps });
    await belfry.parts.pool.query(`delete from job_executions where trigger = 'CALLBACK'`);
    await belfry.redis.flushdb();
    ears.requests.length = 0;
    await belfry.parts.pool.query(
      `insert into pending_callbacks (event, job_id, origin_id, url, created_at, data)
       select 'job.failed', job_id, id, $1, $2, '{}' from job_executions`,
      [ears.url, belfry.clock.now()],
    );
    await Promise.all([tick(), tick()]);
    await workAll();
    expect(reports()).toHaveLength(1);
    expect((await executionsOf(job.id)).filter(({ trigger }) => trigger === 'CALLBACK')).toHaveLength(1);
  });

  test('an execution that a tick ends, because its worker vanished, is reported', async () => {
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    target.answerWith('hang');
    const running = work();
    await expect.poll(() => target.requests.length).toBe(1);
    await belfry.parts.pool.query(`update job_executions set lease_expires_at = $1`, [belfry.clock.now()]);
    await tick();
    target.cut();
    await running;
    await workAll();
    expect(reports()).toMatchObject([
      { type: 'job.failed', data: { execution: { reason: 'WORKER_VANISHED', status: 'FAILED' } } },
    ]);
    expect((await executionsOf(job.id)).map(({ trigger }) => trigger)).toEqual(['SCHEDULE', 'CALLBACK']);
  });

  test('without a URL of the job, the URL of the deployment gets the report', async () => {
    target.answerWith(500);
    const callbackTargets = { failure: ears.url, recovery: undefined };
    await tick({ callbackTargets });
    await createDueJob(once);
    await belfry.clock.advanceTo(DUE);
    await workAll({ callbackTargets });
    expect(reports()).toMatchObject([{ type: 'job.failed' }]);
  });

  test('an address that jobs may not call gets no report', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: 'http://169.254.169.254/' });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    const [, callback] = await executionsOf(job.id);
    expect(callback).toMatchObject({ trigger: 'CALLBACK', status: 'FAILED' });
  });

  test('a job without a target writes no report', async () => {
    target.answerWith(500);
    const job = await createDueJob(once);
    await belfry.clock.advanceTo(DUE);
    await workAll();
    const { rows } = await belfry.parts.pool.query('select from pending_callbacks');
    expect(rows).toEqual([]);
    expect(await executionsOf(job.id)).toHaveLength(1);
  });

  test('a paused job still reports, and a deleted one does not', async () => {
    target.answerWith(500);
    const [paused, deleted] = [
      await createDueJob({ ...once, onFailure: `${ears.url}/paused` }),
      await createDueJob({ ...once, onFailure: `${ears.url}/deleted` }),
    ];
    await belfry.clock.advanceTo(DUE);
    await belfry.changeJob(paused.id, { isActive: false });
    await belfry.deleteJob(deleted.id);
    await workAll();
    await tick();
    await workAll();
    expect(ears.requests.map(({ path }) => path)).toEqual(['/paused']);
    expect(await failing()).toHaveLength(1);
  });
});

describe('a recovery', () => {
  test('the first success after failures is reported once', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: ears.url, onRecovery: `${ears.url}/well` });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 500);
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    expect(reports().map(({ type, data }) => [type, data.failuresInARow])).toEqual([
      ['job.failed', 1],
      ['job.failed', 2],
      ['job.recovered', 2],
    ]);
    const recovered = reports()[2];
    expect(recovered?.data.execution).toMatchObject({ status: 'SUCCESS', trigger: 'MANUAL' });
    expect(recovered?.data.failingSince).toBe(DUE);
    expect(ears.requests[2]?.path).toBe('/well');
    expect(await failing()).toEqual([]);
  });

  test('a recovery between two failures is reported even though no tick came between', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: ears.url, onRecovery: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await runAgain(job.id, 500);
    await tick();
    await workAll();
    expect(reports().map(({ type, data }) => [type, data.failuresInARow])).toEqual([
      ['job.failed', 1],
      ['job.recovered', 1],
      ['job.failed', 1],
    ]);
  });

  test('two ticks at once report a recovery once', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onRecovery: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await Promise.all([tick(), tick(), tick()]);
    await workAll();
    expect(reports().map(({ type }) => type)).toEqual(['job.recovered']);
  });

  test('a failure of an older occurrence does not count after a newer one has succeeded', async () => {
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    target.answerWith('hang');
    const running = work();
    await expect.poll(() => target.requests.length).toBe(1);
    target.answerWith(200);
    await belfry.clock.advanceBy(1_000);
    await belfry.runJob(job.id, { body: undefined });
    const other = compose(belfry.parts);
    await other.runWorker(belfry.inMs(180_000));
    target.cut();
    await running;
    await workAll();
    expect(await failing()).toEqual([]);
    expect(reports()).toMatchObject([{ type: 'job.failed', data: { failuresInARow: 1 } }]);
  });
});

describe('the count of failures and the last outcome in the answer of a job', () => {
  const outcomes = async (id: number) => {
    const now = belfry.clock.now();
    const { items } = await listJobs(belfry.parts.pool, { limit: 10, offset: 0, maxBytes: 1_000_000 }, now);
    const single = (await findJob(belfry.parts.pool, id, now))?.lastOutcome;
    return [single, items.find((job) => job.id === id)?.lastOutcome];
  };

  test('the last outcome follows each execution before a tick has come', async () => {
    target.answerWith(500);
    const job = await createDueJob(once);
    expect(job.lastOutcome).toBeNull();
    expect(await outcomes(job.id)).toEqual([null, null]);
    await belfry.clock.advanceTo(DUE);
    await workAll();
    expect(await outcomes(job.id)).toEqual(['FAILED', 'FAILED']);
    await runAgain(job.id, 200);
    expect(await outcomes(job.id)).toEqual(['SUCCESS', 'SUCCESS']);
    expect((await belfry.changeJob(job.id, { timeoutMs: 5_000 })).lastOutcome).toBe('SUCCESS');
    await runAgain(job.id, 500);
    expect(await outcomes(job.id)).toEqual(['FAILED', 'FAILED']);
  });

  const counts = async (id: number) => {
    const now = belfry.clock.now();
    const page = { limit: 10, offset: 0, maxBytes: 1_000_000 };
    const { items } = await listJobs(belfry.parts.pool, page, now);
    const single = (await findJob(belfry.parts.pool, id, now))?.failuresInARow;
    return [single, items.find((job) => job.id === id)?.failuresInARow];
  };

  test('it grows with each failure, and a success ends it before a tick has come', async () => {
    target.answerWith(500);
    const job = await createDueJob(once);
    expect(job.failuresInARow).toBe(0);
    expect(await counts(job.id)).toEqual([0, 0]);
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 500);
    expect(await counts(job.id)).toEqual([2, 2]);
    const changed = await belfry.changeJob(job.id, { name: 'failing' });
    expect(changed.failuresInARow).toBe(2);
    expect((await belfry.changeJob(job.id, { timeoutMs: 5_000 })).failuresInARow).toBe(2);
    await runAgain(job.id, 200);
    expect(await failing()).toHaveLength(1);
    expect(await counts(job.id)).toEqual([0, 0]);
    await tick();
    expect(await counts(job.id)).toEqual([0, 0]);
  });

  test('reports that fail do not count', async () => {
    target.answerWith(500);
    ears.answerWith(410);
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    expect((await executionsOf(job.id)).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
    expect(await counts(job.id)).toEqual([1, 1]);
  });
});

describe('pauseAfterFailures', () => {
  test('the job is paused after so many failures in a row, and a resume resets the count', async () => {
    target.answerWith(500);
    const job = await createDueJob({
      ...once,
      schedule: '@every 10s',
      isRecurring: true,
      pauseAfterFailures: 2,
      onFailure: ears.url,
    });
    for (let n = 0; n < 2; n += 1) {
      await belfry.clock.advanceBy(10_000);
      await tick();
      await workAll();
    }
    expect(await failing()).toEqual([{ count: 2, paused: true }]);
    expect(reports().map(({ data }) => data.pausesJob)).toEqual([false, true]);
    const sent = target.requests.length;
    await belfry.clock.advanceBy(30_000);
    await tick();
    await workAll();
    expect(target.requests).toHaveLength(sent);
    const { rows } = await belfry.parts.pool.query(
      `select actor ->> 'name' as name from audit_log where action = 'JOB_PAUSED'`,
    );
    expect(rows).toEqual([{ name: 'pauseAfterFailures' }]);
    await belfry.changeJob(job.id, { isActive: true, onRecovery: ears.url });
    expect(await failing()).toEqual([{ count: 2, paused: false }]);
    await runAgain(job.id, 500);
    expect(await failing()).toEqual([{ count: 3, paused: false }]);
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    expect(reports().at(-1)).toMatchObject({ type: 'job.recovered', data: { failuresInARow: 3 } });
  });

  test('a success in between resets the count', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, pauseAfterFailures: 2 });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await runAgain(job.id, 500);
    await tick();
    expect(await failing()).toEqual([{ count: 1, paused: false }]);
  });

  test('a job that was resumed before Belfry paused it stays active', async () => {
    target.answerWith(500);
    const job = await createDueJob({
      ...once,
      schedule: '@every 10s',
      isRecurring: true,
      pauseAfterFailures: 1,
    });
    await belfry.parts.pool.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, must_pause)
       values ($1, 1, $2, $2, true)`,
      [job.id, belfry.clock.now()],
    );
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    await tick();
    const { rows } = await belfry.parts.pool.query('select is_active as "isActive" from jobs');
    expect(rows).toEqual([{ isActive: true }]);
  });
});

async function verify({ body, headers }: ReceivedRequest): Promise<void> {
  const secret = await makeReadSigningSecret(belfry.parts)(1);
  const signed = new Webhook(secret).sign(
    String(headers['webhook-id']),
    new Date(Number(headers['webhook-timestamp']) * 1_000),
    body,
  );
  expect(headers['webhook-signature']).toBe(signed);
}
