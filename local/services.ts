import { randomBytes } from 'node:crypto';
import { GetQueueUrlCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { connectRedis } from '../lib/redis/client.ts';
import { wakeUpQueue } from '../lib/topology.ts';
import { type DataDir, LocalRunError } from './data-dir.ts';
import type { Service } from './services/child.ts';
import { startPostgres } from './services/postgres.ts';
import { startRedis } from './services/redis.ts';
import type { SqsCredentials } from './services/sqs-guard.ts';
import { createQueue, knownCredentials, localSqsClient, type QueueSpec, startSqs } from './services/sqs.ts';

/** What the functions lean on: a part of ours, or the user's, which `stop` leaves alone. */
export type Part = Omit<Service, 'name'>;
export type Queues = Part & {
  wakeUpQueueUrl: string;
  credentials: SqsCredentials;
  /** Makes the queue of wake-ups again, where somebody has deleted it. */
  recreate: () => Promise<void>;
};

type Report = (line: string) => void;

export const wakeUpQueueSpec: QueueSpec = {
  name: wakeUpQueue.name,
  visibilityTimeoutSeconds: wakeUpQueue.visibilityTimeoutSeconds,
  deadLetter: { name: wakeUpQueue.deadLetterName, maxReceiveCount: wakeUpQueue.maxReceiveCount },
};

const foreign = (url: string): Part => ({
  url,
  stop: async () => {},
  exited: new Promise<string>(() => {}),
});

export async function openDatabase(dataDir: DataDir, url: string | undefined, report: Report): Promise<Part> {
  // Whether the user's answers shows when the schema is brought up to date.
  return url === undefined ? startPostgres({ dataDir, report }) : foreign(url);
}

export async function openRedis(dataDir: DataDir, url: string | undefined, report: Report): Promise<Part> {
  if (url === undefined) return startRedis({ dataDir, report });
  const redis = connectRedis(url);
  try {
    await redis.ping();
    return foreign(url);
  } catch (cause) {
    throw new LocalRunError(`the Redis at REDIS_URL does not answer: ${messageOf(cause)}`, { cause });
  } finally {
    redis.disconnect();
  }
}

export async function openQueues(endpoint: string | undefined): Promise<Queues> {
  if (endpoint === undefined) {
    const credentials = { accessKeyId: 'belfry', secretAccessKey: randomBytes(32).toString('base64url') };
    const sqs = await startSqs({ queues: [wakeUpQueueSpec], credentials });
    const wakeUpQueueUrl = urlOf(sqs.queueUrls, wakeUpQueue.name);
    return { ...sqs, wakeUpQueueUrl, recreate: makeRecreate(sqs.url, credentials) };
  }
  const credentials = knownCredentials;
  const client = localSqsClient(endpoint, credentials);
  try {
    const existing = await client
      .send(new GetQueueUrlCommand({ QueueName: wakeUpQueue.name }))
      .catch((error: unknown) => {
        if (error instanceof QueueDoesNotExist) return undefined;
        throw error;
      });
    const wakeUpQueueUrl =
      existing?.QueueUrl ?? urlOf(await createQueue(client, endpoint, wakeUpQueueSpec), wakeUpQueue.name);
    return {
      ...foreign(endpoint),
      wakeUpQueueUrl,
      credentials,
      recreate: makeRecreate(endpoint, credentials),
    };
  } catch (cause) {
    throw new LocalRunError(`the SQS at AWS_ENDPOINT_URL_SQS does not answer: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    client.destroy();
  }
}

function makeRecreate(endpoint: string, credentials: SqsCredentials): () => Promise<void> {
  return async () => {
    const client = localSqsClient(endpoint, credentials);
    try {
      await createQueue(client, endpoint, wakeUpQueueSpec);
    } finally {
      client.destroy();
    }
  };
}

function urlOf(urls: Readonly<Record<string, string>>, name: string): string {
  const url = urls[name];
  if (url === undefined) throw new Error(`the queue ${name} was not created`);
  return url;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
