import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EventSource, startEventSource } from '../../../local/event-source.ts';
import { localSqsClient } from '../../../local/services/sqs.ts';
import { until } from '../../support/waiting.ts';
import { createTestQueue, type TestQueue } from '../../support/sqs.ts';

type Invoke = (event: { Records: SQSRecord[] }) => Promise<unknown>;

let queue: TestQueue;
const sources: EventSource[] = [];
let reports: string[] = [];

beforeEach(async () => {
  reports = [];
  queue = await createTestQueue({ visibilityTimeoutSeconds: 1, maxReceiveCount: 2 });
});

afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  await queue.close();
});

function start(
  invoke: Invoke,
  options: { maxConcurrency?: number; endpoint?: string; recreate?: () => Promise<void> } = {},
): EventSource {
  const { maxConcurrency = 4, endpoint = queue.endpoint, ...rest } = options;
  const source = startEventSource({
    client: localSqsClient(endpoint),
    queueUrl: queue.queueUrl,
    batchSize: 10,
    maxConcurrency,
    invoke,
    report: (line) => reports.push(line),
    ...rest,
  });
  sources.push(source);
  return source;
}

async function send(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, place) => ({ Id: String(place), MessageBody }));
  await queue.client.send(new SendMessageBatchCommand({ QueueUrl: queue.queueUrl, Entries }));
}

/** Messages in flight too. */
async function countMessages(): Promise<number> {
  const { Attributes = {} } = await queue.client.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

async function receiveDead(): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: queue.deadLetterQueueUrl, MaxNumberOfMessages: 10 });
  return ((await queue.client.send(command)).Messages ?? []).map(({ Body = '' }) => Body);
}

const long = { timeoutMs: 10_000 };

describe('the event source', () => {
  test('the event source delivers messages in batches, as records, and deletes them', async () => {
    await send('a', 'b', 'c');
    const records: SQSRecord[] = [];
    start(async (event) => {
      records.push(...event.Records);
    });
    await until(() => records.length === 3);
    expect(records.map(({ body }) => body).sort()).toEqual(['a', 'b', 'c']);
    expect(records[0]).toMatchObject({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
    });
    await until(async () => (await countMessages()) === 0);
    expect(records).toHaveLength(3);
  });

  test('the event source leaves failed messages in the queue, and counts their deliveries', async () => {
    await send('good', 'bad');
    const seen: string[] = [];
    start(async ({ Records }) => {
      seen.push(...Records.map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`));
      const bad = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await until(() => seen.includes('bad 2'), long);
    expect(seen.sort()).toEqual(['bad 1', 'bad 2', 'good 1']);
    await until(async () => (await receiveDead()).includes('bad'), long);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('as asked'))],
    ['answers what cannot be read', async () => ({ batchItemFailures: 'all' })],
    ['names what was not in the batch', async () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
  ] as [string, Invoke][])(
    'the event source treats the whole batch as failed when the function %s',
    async (_how, invoke) => {
      await send('a');
      let count = 0;
      start((event) => {
        count += 1;
        return invoke(event);
      });
      await until(() => count === 2, long);
      await until(async () => (await receiveDead()).includes('a'), long);
      expect(count).toBe(2);
    },
  );

  test('the event source invokes as many times concurrently as allowed, and no more', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let running = 0;
    let most = 0;
    let done = 0;
    start(
      async () => {
        most = Math.max(most, ++running);
        await promise;
        running -= 1;
        done += 1;
      },
      { maxConcurrency: 2 },
    );
    for (const body of ['a', 'b', 'c']) {
      const before = running;
      await send(body);
      if (before < 2) await until(() => running === before + 1);
    }
    expect([running, most]).toEqual([2, 2]);
    resolve(undefined);
    await until(() => done === 3);
    expect(most).toBe(2);
  });

  test('stopping the event source waits for running invocations, and not for its poll', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let started = false;
    const source = start(async () => {
      started = true;
      await promise;
    });
    await send('a');
    await until(() => started);
    const startedMs = performance.now();
    const stopped = source.stop();
    resolve(undefined);
    await stopped;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('a stopping event source does not report messages that it could not delete', async () => {
    const invoked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const source = start(async () => {
      invoked.resolve();
      await release.promise;
    });
    await send('a');
    await invoked.promise;
    const stopped = source.stop();
    await queue.close();
    release.resolve();
    await stopped;
    expect(reports).toEqual([]);
    queue = await createTestQueue();
  });

  test('the event source creates its queue again when the queue was deleted, and continues', async () => {
    const { client, queueUrl: QueueUrl } = queue;
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    const bodies: string[] = [];
    start(
      async ({ Records }) => {
        bodies.push(...Records.map(({ body }) => body));
      },
      {
        recreate: async () => {
          const QueueName = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
          await client.send(new CreateQueueCommand({ QueueName }));
        },
      },
    );
    await until(() => reports.length > 0, long);
    expect(reports).toEqual(['the queue of wake-ups was deleted, and has been created again']);
    await send('a');
    await until(() => bodies.includes('a'), long);
  });

  test('the event source reports once that SQS does not answer, and can still be stopped', async () => {
    const source = start(async () => undefined, { endpoint: 'http://127.0.0.1:9' });
    await until(() => reports.length > 0, long);
    expect(reports).toEqual([expect.stringMatching(/^SQS does not answer: /)]);
    await source.stop();
  });
});
