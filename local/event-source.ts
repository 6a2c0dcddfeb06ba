import {
  DeleteMessageBatchCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

export type EventSourceOptions = {
  /** With a request timeout above the long poll's. */
  client: SQSClient;
  queueUrl: string;
  /** Messages an invocation is given at most; SQS gives no more than 10. */
  batchSize: number;
  maxConcurrency: number;
  invoke: (event: { Records: SQSRecord[] }) => Promise<unknown>;
  /** Makes the queue again when it is no longer there; without it the event source waits until it is. */
  recreate?: () => Promise<void>;
  report: (line: string) => void;
};

export type EventSource = {
  /**
   * Receives nothing more and resolves when what runs has ended. The poll that is out is not waited for and must not
   * be aborted: it ends within seconds or with the process.
   */
  stop: () => Promise<void>;
};

const LONG_POLL_SECONDS = 20;
/** A deletion that took longer may have happened or not; the message then comes again. */
const DELETE_TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;

/** What AWS makes of a reply that names no failures is success of all; of one it cannot read, failure of all. */
const reply = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish();

/**
 * Does what AWS Lambda's event source mapping does for a queue: receives batches, invokes the function with them and
 * deletes what did not fail. What failed comes back when its visibility timeout ends. One poller, as an emulator
 * wakes all of several for one message.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { client, queueUrl, batchSize, maxConcurrency, invoke, recreate } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let backoffMs = 0;
  /** Whatever ends because we are stopping is no news. */
  const report = (line: string): void => {
    if (!stopping.signal.aborted) options.report(line);
  };

  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(batchSize, 10),
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };

  const handle = async (messages: Message[]): Promise<void> => {
    const records = messages.map(toRecord);
    const failed = await failuresOf(records, invoke, report);
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    if (done.length === 0) return;
    const command = new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: done.map(({ receiptHandle }, place) => ({
        Id: String(place),
        ReceiptHandle: receiptHandle,
      })),
    });
    // One that is not deleted comes again, which a worker takes for a wake-up too many.
    const abortSignal = AbortSignal.timeout(DELETE_TIMEOUT_MS);
    await client.send(command, { abortSignal }).catch((error: unknown) => report(`SQS: ${messageOf(error)}`));
  };

  const remake = async (): Promise<boolean> => {
    if (recreate === undefined) return false;
    try {
      await recreate();
      report('the queue of wake-ups had been deleted; it is there again');
      return true;
    } catch {
      // What it is that does not work shows when the queue is asked again.
      return false;
    }
  };

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (running.size >= maxConcurrency) {
        await Promise.race(running);
        continue;
      }
      try {
        const messages = await receive();
        if (backoffMs > 0) report('SQS answers again');
        backoffMs = 0;
        if (messages.length === 0 || stopping.signal.aborted) continue;
        const handled = handle(messages).finally(() => running.delete(handled));
        running.add(handled);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (error instanceof QueueDoesNotExist && (await remake())) continue;
        if (backoffMs === 0) report(`SQS does not answer: ${messageOf(error)}`);
        backoffMs = Math.min(Math.max(FIRST_BACKOFF_MS, backoffMs * 2), LONGEST_BACKOFF_MS);
        await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };
  void poll();

  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** The ids of the messages that stay in the queue. */
async function failuresOf(
  records: readonly SQSRecord[],
  invoke: EventSourceOptions['invoke'],
  report: EventSourceOptions['report'],
): Promise<Set<string>> {
  const ids = new Set(records.map(({ messageId }) => messageId));
  try {
    const failures = reply.parse(await invoke({ Records: [...records] }))?.batchItemFailures ?? [];
    const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
    return [...failed].every((id) => ids.has(id)) ? failed : ids;
  } catch (error) {
    report(`a worker invocation failed: ${messageOf(error)}`);
    return ids;
  }
}

function toRecord(message: Message): SQSRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '0',
      SenderId: attributes.SenderId ?? 'local',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:local',
    awsRegion: 'us-east-1',
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
