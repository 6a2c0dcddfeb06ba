import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { localSqsClient, startSqs } from '../../../../local/services/sqs.ts';
import { createTestQueue } from '../../../support/sqs.ts';
import { until } from '../../../support/waiting.ts';
import { cleanups, start } from './fixture.ts';

describe('the SQS service', () => {
  test('SQS creates the given queues, and frees its port when it stops', async () => {
    const deadLetter = { name: 'dead', maxReceiveCount: 5 };
    const queue = { name: 'wake-ups', visibilityTimeoutSeconds: 200, deadLetter };
    const sqs = await start(startSqs({ queues: [queue] }));
    expect(sqs.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(sqs.queueUrls).toSorted()).toEqual(['dead', 'wake-ups']);
    const client = localSqsClient(sqs.url);
    const QueueUrl = sqs.queueUrls['wake-ups'];
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '200' });
    expect(JSON.parse(Attributes!['RedrivePolicy']!)).toMatchObject({ maxReceiveCount: 5 });
    client.destroy();
    await sqs.stop();
    await expect(fetch(sqs.url)).rejects.toThrow('fetch failed');
  });

  test('SQS holds a delayed message back, and forgets a deleted one', async () => {
    const { client, queueUrl: QueueUrl, close } = await createTestQueue();
    cleanups.push(close);
    const sentAt = performance.now();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', DelaySeconds: 1 }));
    const received = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(999);
    expect(received.Messages?.map((message) => message.Body)).toEqual(['hello']);
    const { ReceiptHandle } = received.Messages![0]!;
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const AttributeNames = [
      'ApproximateNumberOfMessages' as const,
      'ApproximateNumberOfMessagesNotVisible' as const,
    ];
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    expect(Object.values(Attributes!)).toEqual(['0', '0']);
  });

  test('SQS moves a message that was received too often to the dead-letter queue', async () => {
    const queue = await createTestQueue({ visibilityTimeoutSeconds: 0, maxReceiveCount: 2 });
    cleanups.push(queue.close);
    const { client, queueUrl: QueueUrl } = queue;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    const dead = await until(async () => {
      await client.send(new ReceiveMessageCommand({ QueueUrl }));
      const { Messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queue.deadLetterQueueUrl }),
      );
      return Messages;
    });
    expect(dead?.map((message) => message.Body)).toEqual(['poison']);
  });
});
