import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { awsClientSettings } from '../../lib/aws-client-settings.ts';
import type { Service } from './child.ts';
import { guardSqs, SQS_REGION, type SqsCredentials } from './sqs-guard.ts';

export type QueueSpec = {
  name: string;
  /** Default 30, as AWS has it. */
  visibilityTimeoutSeconds?: number;
  /** Created too. Messages go there when they were received `maxReceiveCount` times without being deleted. */
  deadLetter?: { name: string; maxReceiveCount: number };
};

export type SqsService = Service & {
  credentials: SqsCredentials;
  /** By name, of the queues that were asked for and their dead-letter queues. */
  queueUrls: Readonly<Record<string, string>>;
};

export type SqsOptions = {
  queues: readonly QueueSpec[];
  host?: string;
  port?: number;
  /** What each request has to be signed with. */
  credentials?: SqsCredentials;
};

/** For tests, and for an SQS emulator of somebody's own, which takes any. */
export const knownCredentials: SqsCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * An SQS in this process, in memory: wake-ups may be lost, so nothing is kept. One poller a queue, and let each poll
 * end: an aborted one swallows the next message. `exited` never resolves, as there is no process to end.
 */
export async function startSqs(options: SqsOptions): Promise<SqsService> {
  const { queues, host = '127.0.0.1', port = 0, credentials = knownCredentials } = options;
  // Not startFauxqs: that listens on every interface.
  const app = buildApp({ logger: false });
  guardSqs(app, credentials);
  const url = await app.listen({ host, port });
  const client = localSqsClient(url, credentials);
  try {
    const queueUrls: Record<string, string> = {};
    for (const queue of queues) Object.assign(queueUrls, await createQueue(client, url, queue));
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= Promise.resolve(app.close()).then(() => undefined));
    return { name: 'SQS', url, credentials, queueUrls, stop, exited: new Promise<string>(() => {}) };
  } catch (error) {
    await app.close();
    throw error;
  } finally {
    client.destroy();
  }
}

/** Above the 20 s that a long poll may take. */
const ATTEMPT_TIMEOUT_MS = 25_000;

/** A client for `startSqs`. */
export function localSqsClient(
  endpoint: string,
  credentials = knownCredentials,
  patience = { maxAttempts: 3, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS },
): SQSClient {
  return new SQSClient({
    endpoint,
    region: SQS_REGION,
    credentials,
    // Else the host in a queue's URL wins over the endpoint.
    useQueueUrlAsEndpoint: false,
    ...awsClientSettings(patience),
  });
}

/** Creates the queue, after its dead-letter queue, and returns their URLs by name. */
export async function createQueue(
  client: SQSClient,
  endpoint: string,
  queue: QueueSpec,
): Promise<Record<string, string>> {
  const { name, visibilityTimeoutSeconds = 30, deadLetter } = queue;
  const attributes: Record<string, string> = { VisibilityTimeout: String(visibilityTimeoutSeconds) };
  const urls: Record<string, string> = {};
  if (deadLetter !== undefined) {
    const url = await create(client, endpoint, deadLetter.name, {});
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    const deadLetterTargetArn = (await client.send(command)).Attributes?.['QueueArn'];
    const { maxReceiveCount } = deadLetter;
    attributes['RedrivePolicy'] = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
    urls[deadLetter.name] = url;
  }
  urls[name] = await create(client, endpoint, name, attributes);
  return urls;
}

async function create(
  client: SQSClient,
  endpoint: string,
  name: string,
  attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  if (QueueUrl === undefined) throw new Error(`the SQS emulator created the queue ${name} without a URL`);
  // The host it gives, sqs.us-east-1.localhost, resolves on some machines only; it reads nothing but the path.
  return new URL(new URL(QueueUrl).pathname, endpoint).href;
}
