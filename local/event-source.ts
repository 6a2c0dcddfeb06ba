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
import { messageOf } from './message-of.ts';

export type EventSourceOptions = {
  /** Its request timeout must be longer than the long poll. */
  client: SQSClient;
  queueUrl: string;
  /** Maximum number of messages in one invocation. SQS returns at most 10. */
  batchSize: number;
  maxConcurrency: number;
  invoke: (event: { Records: SQSRecord[] }) => Promise<unknown>;
  /** Creates the queue again if it was deleted. Without it, the event source waits until the queue exists. */
  recreate?: () => Promise<void>;
  report: (line: string) => void;
};

export type EventSource = {
  /**
   * Stops receiving, and resolves when the running invocations have ended. It does not wait for the open poll, which must not be
   * aborted: the poll ends within seconds or with the process.
   */
  stop: () => Promise<void>;
};

const LONG_POLL_SECONDS = 20;
/** Timeout of a deletion. After it, SQS may have deleted the messages or not, and may deliver them again. */
const DELETE_TIMEOUT_MS = 5_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;

/** Like on AWS, a reply without failures means that all messages succeeded. An unreadable reply means that all failed. */
const reply = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish();

/**
 * Starts an event source mapping like AWS Lambda's for a queue. It receives batches, invokes the function with them, and deletes
 * the messages that did not fail. SQS delivers a failed message again after its visibility timeout. It uses only one poller,
 * because an emulator wakes every poller for one message.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { client, queueUrl, batchSize, maxConcurrency, invoke, recreate } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let backoffMs = 0;
  /** Reports a line. Errors during the stop are expected and not reported. */
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
    // SQS delivers a message that is not deleted again. For a worker this is a superfluous wake-up.
    const abortSignal = AbortSignal.timeout(DELETE_TIMEOUT_MS);
    await client.send(command, { abortSignal }).catch((error: unknown) => report(`SQS: ${messageOf(error)}`));
  };

  const remake = async (): Promise<boolean> => {
    if (recreate === undefined) return false;
    try {
      await recreate();
      report('the queue of wake-ups was deleted, and has been created again');
      return true;
    } catch {
      // The next poll reports the error.
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

/** Invokes the function, and returns the ids of the messages that stay in the queue. */
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
