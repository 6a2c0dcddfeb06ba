import { describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import type { ReceivedRequest } from '../../support/target.ts';
import {
  ears,
  executionsOf,
  failing,
  once,
  reports,
  setUpCallbacks,
  tick,
  workAll,
} from './callbacks-fixture.ts';
import { belfry, createDueJob, DUE, target, work } from './worker-fixture.ts';

setUpCallbacks();

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

  test('a report that was left by a crash is sent once, by the next tick', async () => {
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

async function verify({ body, headers }: ReceivedRequest): Promise<void> {
  const secret = await makeReadSigningSecret(belfry.parts)(1);
  const signed = new Webhook(secret).sign(
    String(headers['webhook-id']),
    new Date(Number(headers['webhook-timestamp']) * 1_000),
    body,
  );
  expect(headers['webhook-signature']).toBe(signed);
}
