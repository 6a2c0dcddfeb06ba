import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import type { CallTarget } from '../../outgoing/call-target.ts';
import type { Logger } from '../../logger.ts';
import type { EmitMetrics } from '../../metrics.ts';
import type { Queue } from '../../redis/queue.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import type { MakePublishRequest } from '../../sns/publish-request.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';

export type WorkerSettings = {
  /** Maximum number of requests out at once. */
  maxInFlight: number;
  /** How long before its due instant an execution may be taken. The worker holds it until then. */
  takeAheadMs: number;
  /** How long before the due instant a claim is made: so late that a pause still withdraws nearly every execution. */
  claimAheadMs: number;
  maxRequestMs: number;
  leaseGraceMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** The longest pause that a target may ask for (Retry-After). 0: none. */
  maxRetryAfterMs: number;
  /** Maximum number of wake-ups that a worker sends at once. */
  maxFanOut: number;
  gatherOutcomesMs: number;
};

export type WorkerDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  callTarget: CallTarget;
  /** Makes the request to the topic that receives the reports of the deployment. */
  makePublishRequest: MakePublishRequest;
  dataKeys: DataKeys;
  clock: Clock;
  logger: Logger;
  emitMetrics: EmitMetrics;
  /** Does what follows failed executions: sends their reports, and pauses jobs. The next tick does it, too. */
  followFailures: () => Promise<void>;
  newId: () => string;
  settings: WorkerSettings;
};
