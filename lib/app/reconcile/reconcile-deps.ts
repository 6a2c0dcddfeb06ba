import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';
import type { PartAttempts } from '../part-attempts.ts';

export type ReconcileSettings = {
  lookAheadMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** Waits this long before it frees expired claims, so that their workers can still record outcomes. */
  recordingGraceMs: number;
  /** The number of executions per round trip. */
  executionsPerBatch: number;
  /** The maximum number of wake-ups for overdue executions. Workers send further wake-ups themselves. */
  maxOverdueWakeUps: number;
};

export type ReconcileDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  settings: ReconcileSettings;
};

export type ReconcileRun = {
  deadlineMs: number;
  /** Remembers whether Redis or SQS failed earlier in this run. A part that failed is not asked again. */
  attempts: PartAttempts;
};
