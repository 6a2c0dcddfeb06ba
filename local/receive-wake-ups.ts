import type { SQSClient } from '@aws-sdk/client-sqs';
import { wakeUpQueue } from '../lib/topology.ts';
import { type EventSource, type EventSourceOptions, startEventSource } from './event-source.ts';
import { wakeAhead } from './wake-ahead.ts';

type Options = Pick<EventSourceOptions, 'invoke' | 'maxConcurrency' | 'report'> & {
  sqs: SQSClient;
  queueUrl: string;
  /** Creates the queue again after it was deleted. */
  recreate?: (() => Promise<void>) | undefined;
  lookAheadSeconds: number;
  /** True if the wake-ups of the previous run on the same services are lost. */
  hasLostWakeUps: boolean;
};

/** Invokes workers with wake-ups, and replaces wake-ups that were lost with their queue. */
export async function receiveWakeUps(options: Options): Promise<EventSource> {
  const { sqs, queueUrl, recreate, lookAheadSeconds, hasLostWakeUps, report, invoke, maxConcurrency } =
    options;
  const wakeAll = (): Promise<void> => wakeAhead({ sqs, queueUrl, lookAheadSeconds, report });
  if (hasLostWakeUps) await wakeAll();
  return startEventSource({
    client: sqs,
    queueUrl,
    batchSize: wakeUpQueue.batchSize,
    maxConcurrency,
    invoke,
    report,
    ...(recreate && {
      recreate: async () => {
        await recreate();
        await wakeAll();
      },
    }),
  });
}
