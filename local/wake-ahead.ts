import type { SQSClient } from '@aws-sdk/client-sqs';
import { makePublishWakeUps } from '../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../lib/clock/system-clock.ts';
import { messageOf } from './message-of.ts';

/**
 * Sends a wake-up for each second for which the previous run may have dispatched executions ahead. The previous wake-ups were
 * lost with the memory of its SQS, and ticks wake workers only for overdue executions. Without these wake-ups, jobs run up to a
 * minute late, so an SQS that does not take them ends nothing: it is reported.
 *
 * @param deps.lookAheadSeconds how far ahead the previous run dispatched.
 * @param deps.report called with one line when SQS did not take all wake-ups.
 */
export async function wakeAhead(deps: {
  sqs: SQSClient;
  queueUrl: string;
  lookAheadSeconds: number;
  report: (line: string) => void;
}): Promise<void> {
  const { sqs, queueUrl, lookAheadSeconds, report } = deps;
  const publishWakeUps = makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 5_000 });
  const seconds = Array.from({ length: lookAheadSeconds + 1 }, (_, delaySeconds) => delaySeconds);
  try {
    await publishWakeUps(seconds.map((delaySeconds) => ({ delaySeconds, count: 1 })));
  } catch (error) {
    report(`jobs that are due within ${lookAheadSeconds} s may run up to a minute late: ${messageOf(error)}`);
  }
}
