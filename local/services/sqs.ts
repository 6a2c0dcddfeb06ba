import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { awsClientSettings } from '../../lib/aws-client-settings.ts';
import type { Service } from './child.ts';
import { guardSqs, SQS_REGION, type SqsCredentials } from './sqs-guard.ts';

export type QueueSpec = {
  name: string;
  /** Default 30, like on AWS. */
  visibilityTimeoutSeconds?: number;
  /** Also created. SQS moves messages there that were received `maxReceiveCount` times and not deleted. */
  deadLetter?: { name: string; maxReceiveCount: number };
};

export type SqsService = Service & {
  credentials: SqsCredentials;
  /** URLs by name, of the requested queues and their dead-letter queues. */
  queueUrls: Readonly<Record<string, string>>;
};

export type SqsOptions = {
  queues: readonly QueueSpec[];
  host?: string;
  port?: number;
  /** The credentials that must sign each request. */
  credentials?: SqsCredentials;
};

/** Credentials for tests, and for the user's own SQS emulator, which accepts any. */
export const knownCredentials: SqsCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Starts an SQS emulator in the memory of this process. It stores nothing, because wake-ups may be lost. Use one poller for each
 * queue, and let each poll end, because an aborted poll loses the next message. `exited` never resolves, because the emulator is
 * not a process.
 */
export async function startSqs(options: SqsOptions): Promise<SqsService> {
  const { queues, host = '127.0.0.1', port = 0, credentials = knownCredentials } = options;
  // buildApp instead of startFauxqs, which listens on every interface.
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

/** Longer than the 20 s of a long poll. */
const ATTEMPT_TIMEOUT_MS = 25_000;

/** Creates a client for `startSqs`. */
export function localSqsClient(
  endpoint: string,
  credentials = knownCredentials,
  patience = { maxAttempts: 3, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS },
): SQSClient {
  return new SQSClient({
    endpoint,
    region: SQS_REGION,
    credentials,
    // By default the host in a queue's URL overrides the endpoint.
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
  // Replaces the host sqs.us-east-1.localhost, which does not resolve on every machine. The emulator reads only the path.
  return new URL(new URL(QueueUrl).pathname, endpoint).href;
}
