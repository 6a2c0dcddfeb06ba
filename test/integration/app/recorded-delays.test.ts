import { describe, expect, test } from 'vitest';
import { explain, HELD_DUE, pauseOrigin } from './explain-fixture.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const heldBack = { code: 'HELD_BACK', values: { count: 1, totalMs: 15_000 } };

describe('the delays of an execution that ends without an outcome of a worker', () => {
  test('an AT_MOST_ONCE execution whose worker vanished keeps what had delayed it, and ends at the tick after its lease', async () => {
    const job = await pauseOrigin({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await belfry.clock.advanceTo(HELD_DUE);
    await work();
    await belfry.clock.advanceTo('2030-03-04T10:00:30.000Z');
    // A worker claims it, and dies.
    await belfry.pool.query(
      `update job_executions
          set status = 'RUNNING', claim_token = gen_random_uuid(), started_at = $2, lease_expires_at = $3
        where job_id = $1`,
      [job.id, new Date('2030-03-04T10:00:30.000Z'), new Date('2030-03-04T10:01:20.000Z')],
    );
    await belfry.clock.advanceTo('2030-03-04T10:01:19.999Z');
    await belfry.runTick(belfry.inMs(50_000));
    expect((await explain(job.id)).at(-1)).toMatchObject({ code: 'RUNNING' });
    await belfry.clock.advanceTo('2030-03-04T10:02:00.000Z');
    await belfry.runTick(belfry.inMs(50_000));
    expect((await explain(job.id)).slice(1)).toMatchObject([
      heldBack,
      { code: 'ATTEMPT_FREED', at: new Date('2030-03-04T10:02:00.000Z'), values: { retryAt: null } },
      { code: 'FAILED', values: { reason: 'WORKER_VANISHED' } },
    ]);
  });

  test.each([
    ['the job was paused', (id: number) => belfry.changeJob(id, { isActive: false })],
    ['the job was deleted', (id: number) => belfry.deleteJob(id)],
  ])('a retry that was held back keeps its delays when %s', async (_, change) => {
    target.answerWith({ status: 500 });
    const retry = { delaysSeconds: [30], jitter: 0 };
    const job = await createDueJob({ retry, maxRetryCount: 1 });
    await belfry.clock.advanceTo(DUE);
    await work();
    // Another job is asked for a pause of the same origin, which holds the retry back.
    target.answerWith({ status: 503, headers: { 'retry-after': '30' } });
    await createDueJob({ schedule: '2030-03-04T10:00:20.000Z' });
    await belfry.clock.advanceTo('2030-03-04T10:00:20.000Z');
    await work();
    await belfry.clock.advanceTo('2030-03-04T10:00:35.000Z');
    await work();
    await change(job.id);
    const facts = await explain(job.id);
    expect(facts.find(({ code }) => code === 'HELD_BACK')).toMatchObject({ values: { count: 1 } });
    expect(facts.at(-1)).toMatchObject({ code: 'CANCELLED' });
  });
});
