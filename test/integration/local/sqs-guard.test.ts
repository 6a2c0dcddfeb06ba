import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localSqsClient, startSqs, type SqsService } from '../../../local/services/sqs.ts';

const credentials = { accessKeyId: 'belfry', secretAccessKey: 'of-this-run' };
let sqs: SqsService;
let QueueUrl: string;

beforeAll(async () => {
  sqs = await startSqs({ queues: [{ name: 'wake-ups' }], credentials });
  QueueUrl = sqs.queueUrls['wake-ups']!;
});
afterAll(() => sqs.stop());

async function send(secretAccessKey: string, accessKeyId = credentials.accessKeyId): Promise<void> {
  const client = localSqsClient(sqs.url, { accessKeyId, secretAccessKey });
  try {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  } finally {
    client.destroy();
  }
}

async function countMessages(): Promise<string | undefined> {
  const client = localSqsClient(sqs.url, credentials);
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  const { Attributes } = await client.send(command).finally(() => client.destroy());
  return Attributes?.['ApproximateNumberOfMessages'];
}

/** A request that bypasses the SDK. */
async function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string },
) {
  const { method = 'POST', headers = {}, body = '' } = options;
  const request = httpRequest(`${sqs.url}${path}`, { method, headers });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, body: await text(response) };
}

/** The request that the SDK would send, recorded on its way. */
async function signedRequest(): Promise<{ headers: Record<string, string>; body: string }> {
  const client = localSqsClient(sqs.url, credentials);
  let sent: { headers: Record<string, string>; body: string | Uint8Array } | undefined;
  client.middlewareStack.add(
    () => async (args) => {
      const { request } = args;
      if (typeof request !== 'object' || request === null) throw new Error('no request');
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK's own request, signed
      sent = request as typeof sent;
      throw new Error('not sent');
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'once' })).catch(() => undefined);
  client.destroy();
  if (sent === undefined) throw new Error('the SDK sent nothing');
  return { headers: sent.headers, body: Buffer.from(sent.body).toString() };
}

test('the emulator accepts requests that are signed with the credentials of its run, and no others', async () => {
  await send(credentials.secretAccessKey);
  expect(await countMessages()).toBe('1');
  const denied = { name: 'AccessDeniedException' };
  await expect(send('of-another-run')).rejects.toMatchObject(denied);
  await expect(send(credentials.secretAccessKey, 'someone')).rejects.toMatchObject(denied);
  expect(await countMessages()).toBe('1');
});

test.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
  'the emulator refuses an unsigned %s',
  async (method) => {
    for (const path of ['/', '/_fauxqs/queues', '/health', '/a-bucket', '/000000000000/wake-ups']) {
      expect((await ask(path, { method })).status).toBe(403);
    }
  },
);

test('a signature is valid only for the body and the headers it was made for', async () => {
  const { headers, body } = await signedRequest();
  const before = Number(await countMessages());
  expect((await ask('/', { headers, body: body.replace('once', 'more') })).status).toBe(403);
  const deletion = { ...headers, 'x-amz-target': 'AmazonSQS.DeleteQueue' };
  expect((await ask('/', { headers: deletion, body })).status).toBe(403);
  expect((await ask('/elsewhere', { headers, body })).status).toBe(403);
  expect(Number(await countMessages())).toBe(before);
  expect((await ask('/', { headers, body })).status).toBe(200);
});

test('the emulator refuses a host that is not loopback, signed or not', async () => {
  const { headers, body } = await signedRequest();
  for (const given of [headers, {}]) {
    expect(await ask('/', { headers: { ...given, host: 'evil.example' }, body })).toMatchObject({
      status: 421,
    });
  }
});

test('the emulator refuses a body that is larger than SQS accepts', async () => {
  expect((await ask('/', { body: 'x'.repeat(1_100_000) })).status).toBe(413);
});
