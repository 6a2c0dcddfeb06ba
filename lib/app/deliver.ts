import type { Clock } from '../domain/clock.ts';
import { planWakeUps, type JobsBySecond } from '../domain/wake-up-plan.ts';
import type { DispatchedExecution } from '../db/dispatch-executions.ts';
import { toBatches } from '../redis/batches.ts';
import type { Queue, QueueEntry } from '../redis/queue.ts';
import type { PublishWakeUps } from '../sqs/publish-wake-ups.ts';
import { makePayloadText, type QueuedJob } from './execution-payload.ts';
import type { PartAttempts } from './part-attempts.ts';

/** A payload has up to 5 KB. The 20,000 payloads of a whole batch must not be in memory at the same time. */
const ENQUEUED_AT_ONCE = 2_000;

/** Executions that were just written to PostgreSQL, and their jobs. */
export type Written = {
  executions: readonly DispatchedExecution[];
  jobs: ReadonlyMap<number, Omit<QueuedJob, 'jobId'>>;
};

export type DeliverySettings = { wakeUpLeadMs: number; jobsPerWakeUp: number };

export type Delivery = {
  /** When the executions were written, in epoch milliseconds. */
  nowMs: number;
  /** Carried through the batches of one run. */
  planned: JobsBySecond;
  /** Remembers whether Redis or SQS failed earlier in this run. A part that failed is not asked again. */
  attempts: PartAttempts;
};

export type Deliver = (written: Written, delivery: Delivery) => Promise<void>;
export type DeliverEntries = (entries: readonly QueueEntry[], delivery: Delivery) => Promise<void>;

type Deps = {
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  settings: DeliverySettings;
};

/**
 * Queues executions in Redis and wakes workers for them. When Redis or SQS fails, the next reconciliation finds the
 * executions and queues them.
 */
export function makeDeliver(deps: Deps): Deliver {
  const deliverEntries = makeDeliverEntries(deps);
  return async ({ executions, jobs }, delivery) => {
    const toEntry = makeToEntry(jobs);
    for (const batch of toBatches(executions, { limit: ENQUEUED_AT_ONCE })) {
      await deliverEntries(batch.map(toEntry), delivery);
    }
  };
}

/** Does the same for executions whose payloads are already made. */
export function makeDeliverEntries(deps: Deps): DeliverEntries {
  const { queue, publishWakeUps, clock, settings } = deps;
  return async (entries, delivery) => {
    const { tryPart } = delivery.attempts;
    const queued = await tryPart('Redis', () => queue.enqueue(entries, { nowMs: delivery.nowMs }));
    // Workers would find nothing. The reconciliation queues the executions later and wakes workers for them.
    if (queued === undefined) return;
    const wakeUps = planWakeUps(
      entries.map((entry) => entry.dueMs),
      delivery.planned,
      // This is the current time, because SQS counts a delay from the moment it receives the message.
      { nowMs: clock.nowMs(), leadMs: settings.wakeUpLeadMs, jobsPerWakeUp: settings.jobsPerWakeUp },
    );
    await tryPart('SQS', () => publishWakeUps(wakeUps));
  };
}

function makeToEntry(jobs: Written['jobs']): (execution: DispatchedExecution) => QueueEntry {
  const texts = new Map([...jobs].map(([jobId, job]) => [jobId, makePayloadText({ ...job, jobId })]));
  return ({ id, jobId, executionTime }) => {
    const payloadAt = texts.get(jobId);
    if (payloadAt === undefined)
      throw new Error(`execution ${id} belongs to job ${jobId}, which was not read`);
    const payload = payloadAt(executionTime);
    return { id, dueMs: executionTime.getTime(), payload, queue: 'scheduled' };
  };
}
