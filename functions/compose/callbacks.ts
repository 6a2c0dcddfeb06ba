import { makePauseFailingJobs } from '../../lib/app/callbacks/pause-failing-jobs.ts';
import { makeSendCallbacks } from '../../lib/app/callbacks/send-callbacks.ts';
import { makeDeliverEntries } from '../../lib/app/deliver.ts';
import { makeDeliverUnscheduled } from '../../lib/app/deliver-unscheduled.ts';
import type { Pool } from '../../lib/db/pool.ts';
import type { CallbackTargets } from '../../lib/domain/callback.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Queue } from '../../lib/redis/queue.ts';
import type { PublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';

export type CallbackParts = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  settings: { wakeUpLeadMs: number; jobsPerWakeUp: number };
  callbackTargets: CallbackTargets;
};

/**
 * Composes the reports and pauses after failures, for ticks and workers. It does not turn on the minute tick, because
 * reports are due at once and wake workers.
 */
export function composeCallbacks(parts: CallbackParts) {
  const deliverUnscheduled = makeDeliverUnscheduled({
    ...parts,
    deliverEntries: makeDeliverEntries(parts),
    ensureTicks: undefined,
  });
  return {
    sendCallbacks: makeSendCallbacks({ ...parts, deliverUnscheduled }),
    pauseFailingJobs: makePauseFailingJobs(parts),
  };
}
