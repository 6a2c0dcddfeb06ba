import { randomUUID } from 'node:crypto';
import { DeleteQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { createQueue, localSqsClient } from '../../local/services/sqs.ts';

export type TestQueue = {
  client: SQSClient;
  endpoint: string;
  queueUrl: string;
  deadLetterQueueUrl: string;
  /** Removes both queues. */
  close: () => Promise<void>;
};

/** Creates a queue and its dead-letter queue for a test file. */
export async function createTestQueue(options?: {
  visibilityTimeoutSeconds?: number;
  maxReceiveCount?: number;
}): Promise<TestQueue> {
  const endpoint = inject('sqsUrl');
  const client = localSqsClient(endpoint);
  const name = `test-${randomUUID()}`;
  const deadLetter = { name: `${name}-dead-letter`, maxReceiveCount: options?.maxReceiveCount ?? 3 };
  const visibilityTimeoutSeconds = options?.visibilityTimeoutSeconds ?? 30;
  const urls = await createQueue(client, endpoint, { name, deadLetter, visibilityTimeoutSeconds });
  const close = async () => {
    for (const url of Object.values(urls)) await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    client.destroy();
  };
  return { client, endpoint, queueUrl: urls[name]!, deadLetterQueueUrl: urls[deadLetter.name]!, close };
}
