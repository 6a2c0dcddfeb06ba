import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { UnavailableError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { PlannedWakeUps } from '../domain/wake-up-plan.ts';
import { makeShortCircuit } from './short-circuit.ts';
import { wakeUpBody } from './wake-up.ts';

/** Maximum number of messages that SQS accepts in one call. */
const MESSAGES_PER_CALL = 10;
const CALLS_AT_ONCE = 4;
/** Enough for a look-ahead of 240 s with 10,000 jobs in each second. Further work waits for the wake-ups that workers send. */
const MAX_MESSAGES = 24_000;

export type PublishWakeUps = (plan: readonly PlannedWakeUps[]) => Promise<void>;

/** Timeout of one call with its second attempt. */
const CALL_TIMEOUT_MS = 5_000;

/**
 * Makes the function that sends wake-ups, ten in a call and four calls at a time. While SQS is known not to answer, it fails
 * at once. It throws UnavailableError if SQS did not accept all wake-ups. This loses no job: the next tick wakes workers for
 * overdue executions.
 *
 * @param deps.timeoutMs maximum duration of one plan, in milliseconds.
 */
export function makePublishWakeUps(deps: {
  sqs: SQSClient;
  queueUrl: string;
  clock: Clock;
  timeoutMs: number;
}): PublishWakeUps {
  const bounded = makeShortCircuit({ timeoutMs: CALL_TIMEOUT_MS, clock: deps.clock });

  const send = async (delays: readonly number[], abortSignal: AbortSignal): Promise<void> => {
    const answer = await deps.sqs
      .send(
        new SendMessageBatchCommand({
          QueueUrl: deps.queueUrl,
          Entries: delays.map((DelaySeconds, place) => ({
            Id: String(place),
            MessageBody: wakeUpBody,
            DelaySeconds,
          })),
        }),
        { abortSignal },
      )
      .catch((error: unknown) => {
        throw new UnavailableError('SQS', { cause: error });
      });
    const refused = answer.Failed?.[0];
    if (refused) throw new UnavailableError('SQS', { cause: new Error(refused.Code ?? 'refused a wake-up') });
  };

  return async (plan) => {
    const delays = plan
      .flatMap(({ delaySeconds, count }) =>
        Array.from({ length: Math.min(count, MAX_MESSAGES) }, () => delaySeconds),
      )
      .slice(0, MAX_MESSAGES);
    const calls: number[][] = [];
    for (let start = 0; start < delays.length; start += MESSAGES_PER_CALL) {
      calls.push(delays.slice(start, start + MESSAGES_PER_CALL));
    }
    const planSignal = AbortSignal.timeout(deps.timeoutMs);
    for (let start = 0; start < calls.length; start += CALLS_AT_ONCE) {
      const batch = calls.slice(start, start + CALLS_AT_ONCE);
      await bounded(async (timeoutMs) => {
        const signal = AbortSignal.any([planSignal, AbortSignal.timeout(timeoutMs)]);
        await Promise.all(batch.map((delays) => send(delays, signal)));
      });
    }
  };
}
