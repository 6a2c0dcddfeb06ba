import { describe, expect, test } from 'vitest';
import { getExecution } from '../../../lib/app/read-execution.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { explain, HELD_DUE, PAUSE_END, pauseOrigin, SECOND_LATER, sentencesOf } from './explain-fixture.ts';
import {
  belfry,
  createDueJob,
  DUE,
  setUpWorker,
  startHangingRequest,
  target,
  theExecution,
  work,
} from './worker-fixture.ts';

setUpWorker();

describe('the explanation of an execution that waits', () => {
  test('the explanation names a pause of the origin before the execution is due, and while it holds the execution back', async () => {
    const job = await pauseOrigin();
    const heldBack = {
      code: 'HELD_BACK',
      at: null,
      values: { count: 0, totalMs: 0, origin: target.url, until: PAUSE_END },
      sentence: `Its origin ${target.url} asked for a pause until ${PAUSE_END}.`,
    };
    expect(await explain(job.id)).toContainEqual(heldBack);
    await belfry.clock.advanceTo(HELD_DUE);
    await work();
    expect((await explain(job.id)).slice(1)).toEqual([
      {
        ...heldBack,
        values: { ...heldBack.values, count: 1, totalMs: 15_000 },
        sentence: `${heldBack.sentence} It has been put off once because of such a pause.`,
      },
      {
        code: 'WAITING',
        at: null,
        values: { dueAt: HELD_DUE, putOffUntil: PAUSE_END },
        sentence: `It waits. Its next attempt has been due since ${HELD_DUE}. A worker put it off until ${PAUSE_END}.`,
      },
    ]);
  });

  test('the explanation names a pause after a caller cancelled the execution that it held back', async () => {
    const job = await pauseOrigin();
    await belfry.clock.advanceTo(HELD_DUE);
    await work();
    await belfry.cancelExecution((await theExecution(job.id)).id);
    expect((await explain(job.id)).slice(1)).toMatchObject([
      { code: 'HELD_BACK', values: { count: 1, totalMs: 15_000 } },
      { code: 'CANCELLED' },
    ]);
  });

  test('a due execution says that no worker has claimed it, or that the queue does not have it', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(SECOND_LATER);
    const waits = `It waits. Its next attempt has been due since ${DUE}.`;
    expect(sentencesOf(await explain(job.id)).at(-1)).toBe(
      `${waits} It is in the queue, and no worker has claimed it yet.`,
    );
    await belfry.redis.flushdb();
    expect(sentencesOf(await explain(job.id)).at(-1)).toBe(
      `${waits} It is missing in the queue. The next tick queues it.`,
    );
    await belfry.runTick(belfry.inMs(50_000));
    expect(sentencesOf(await explain(job.id)).slice(1)).toEqual([
      `It was missing in the queue. A tick queued it at ${SECOND_LATER}.`,
      `${waits} It is in the queue, and no worker has claimed it yet.`,
    ]);
  });

  test('without an answer of the queue the explanation has the facts of the database', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(SECOND_LATER);
    const queue = {
      ...belfry.queue,
      findWaiting: async () => Promise.reject(new UnavailableError('Redis')),
    };
    expect(sentencesOf(await explain(job.id, { queue })).at(-1)).toBe(
      `It waits. Its next attempt has been due since ${DUE}. The queue does not answer, so it is unknown whether it was put off.`,
    );
  });

  test('an execution whose claim has ended waits for the next tick', async () => {
    const { job, fail } = await startHangingRequest();
    const { leaseExpiresAt } = (await getExecution(belfry.pool, (await theExecution(job.id)).id)).execution;
    expect((await explain(job.id)).at(-1)?.sentence).toBe(`It runs. A worker claimed it at ${DUE}.`);
    const clock = new ManualClock(leaseExpiresAt!.toISOString());
    expect((await explain(job.id, { clock })).at(-1)?.sentence).toBe(
      `It runs. A worker claimed it at ${DUE}. The claim ended at ${leaseExpiresAt!.toISOString()}, so the next tick frees the execution.`,
    );
    await fail();
  });
});
