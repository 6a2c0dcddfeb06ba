import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { createQueue, knownCredentials, localSqsClient } from '../../local/services/sqs.ts';
import { givenSignature, signatureOfPost } from './signature-v4.ts';

export const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:reports';

type Received = { Subject: string; Message: string; MessageAttributes: Record<string, { Value: string }> };

/**
 * Starts an emulator of SNS with a topic, and a queue of SQS that subscribes to it. A message whose signature does not match is
 * refused, as AWS does.
 */
export async function startSns() {
  const app = buildApp({ logger: false });
  let refusing: number | undefined;
  const refused: string[] = [];
  app.addHook('preHandler', async ({ headers, body, url }, reply) => {
    if (!(body instanceof Object) || !('Action' in body) || body.Action !== 'Publish') return undefined;
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const form = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]);
    const text = new URLSearchParams(form).toString();
    const expected = signatureOfPost(
      { path: url, headers: given, body: text },
      knownCredentials.secretAccessKey,
    );
    if (refusing === undefined && givenSignature(given) === expected) return undefined;
    refused.push(text);
    const Code = refusing === undefined ? 'SignatureDoesNotMatch' : 'AuthorizationError';
    return reply
      .code(refusing ?? 403)
      .send(`<ErrorResponse><Error><Code>${Code}</Code></Error></ErrorResponse>`);
  });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = localSqsClient(endpoint);
  const { reports: QueueUrl } = await createQueue(client, endpoint, { name: 'reports' });
  const call = async (fields: Record<string, string>): Promise<void> => {
    const body = new URLSearchParams({ Version: '2010-03-31', ...fields });
    const { ok, status } = await fetch(endpoint, { method: 'POST', body });
    if (!ok) throw new Error(`the emulator of SNS answered ${status} to ${fields['Action']}`);
  };
  await call({ Action: 'CreateTopic', Name: 'reports' });
  await call({
    Action: 'Subscribe',
    TopicArn: TOPIC_ARN,
    Protocol: 'sqs',
    Endpoint: 'arn:aws:sqs:us-east-1:000000000000:reports',
  });
  return {
    endpoint,
    /** Makes every message fail with this status; undefined accepts them again. */
    refuseWith: (status: number | undefined): void => void (refusing = status),
    refused,
    /** Takes the messages that have reached the queue. */
    receive: async (): Promise<Received[]> => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      return Messages.map(({ Body = '' }) => JSON.parse(Body));
    },
    close: async (): Promise<void> => {
      client.destroy();
      await app.close();
    },
  };
}
