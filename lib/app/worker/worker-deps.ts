import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import type { CallTarget } from '../../outgoing/call-target.ts';
import type { Logger } from '../../logger.ts';
import type { EmitMetrics } from '../../metrics.ts';
import type { Queue } from '../../redis/queue.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';

export type WorkerSettings = {
  /** Requests out at once. */
  maxInFlight: number;
  /** Work due within this is taken, and held until it is due. */
  takeAheadMs: number;
  /** A claim is made this long before the due instant: late enough that a pause still takes back nearly everything. */
  claimAheadMs: number;
  maxRequestMs: number;
  leaseGraceMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** Further wake-ups one worker sends at a time. */
  maxFanOut: number;
};

export type WorkerDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  callTarget: CallTarget;
  dataKeys: DataKeys;
  clock: Clock;
  logger: Logger;
  emitMetrics: EmitMetrics;
  newId: () => string;
  settings: WorkerSettings;
};
