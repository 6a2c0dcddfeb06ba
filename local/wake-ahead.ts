import type { SQSClient } from '@aws-sdk/client-sqs';
import { makePublishWakeUps } from '../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../lib/clock/system-clock.ts';

/**
 * Sends a wake-up for each second that the run before this one may have dispatched ahead for. Its own wake-ups were in
 * the memory of its SQS, and ticks wake workers only for what is overdue: its jobs would run up to a minute late.
 */
export async function wakeAhead(sqs: SQSClient, queueUrl: string, lookAheadSeconds: number): Promise<void> {
  const publishWakeUps = makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 5_000 });
  const seconds = Array.from({ length: lookAheadSeconds + 1 }, (_, delaySeconds) => delaySeconds);
  await publishWakeUps(seconds.map((delaySeconds) => ({ delaySeconds, count: 1 })));
}
