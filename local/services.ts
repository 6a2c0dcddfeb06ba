import { randomBytes } from 'node:crypto';
import { GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { wakeUpQueue } from '../lib/topology.ts';
import type { DataDir } from './data-dir/data-dir.ts';
import type { Service } from './services/child.ts';
import { startPostgres } from './services/postgres.ts';
import { startRedis } from './services/redis.ts';
import type { SqsCredentials } from './services/sqs-guard.ts';
import { createQueue, knownCredentials, localSqsClient, type QueueSpec, startSqs } from './services/sqs.ts';

/** A service that the functions depend on: Belfry's own, or the user's, which `stop` does not stop. */
export type Part = Omit<Service, 'name'>;
export type Queues = Part & {
  wakeUpQueueUrl: string;
  credentials: SqsCredentials;
  /** Creates the queue of wake-ups again after it was deleted. */
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

/** Opens the database. @param url the user's service, which `checkTheirServices` has checked; undefined starts Belfry's own. */
export async function openDatabase(dataDir: DataDir, url: string | undefined, report: Report): Promise<Part> {
  return url === undefined ? startPostgres({ dataDir, report }) : foreign(url);
}

export async function openRedis(dataDir: DataDir, url: string | undefined, report: Report): Promise<Part> {
  return url === undefined ? startRedis({ dataDir, report }) : foreign(url);
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
    const wakeUpQueueUrl =
      (await findQueueUrl(client)) ??
      urlOf(await createQueue(client, endpoint, wakeUpQueueSpec), wakeUpQueue.name);
    return {
      ...foreign(endpoint),
      wakeUpQueueUrl,
      credentials,
      recreate: makeRecreate(endpoint, credentials),
    };
  } finally {
    client.destroy();
  }
}

/** Returns the URL of the queue of wake-ups; undefined if the queue does not exist yet. */
export async function findQueueUrl(client: SQSClient): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: wakeUpQueue.name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
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
