import type { SQSClient } from '@aws-sdk/client-sqs';
import { makePublishWakeUps } from '../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../lib/clock/system-clock.ts';

/**
 * Sends a wake-up for each second for which the previous run may have dispatched executions ahead. The previous wake-ups were
 * lost with the memory of its SQS, and ticks wake workers only for overdue executions. Without these wake-ups, jobs would run up
 * to a minute late.
 */
export async function wakeAhead(sqs: SQSClient, queueUrl: string, lookAheadSeconds: number): Promise<void> {
  const publishWakeUps = makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 5_000 });
  const seconds = Array.from({ length: lookAheadSeconds + 1 }, (_, delaySeconds) => delaySeconds);
  await publishWakeUps(seconds.map((delaySeconds) => ({ delaySeconds, count: 1 })));
}
