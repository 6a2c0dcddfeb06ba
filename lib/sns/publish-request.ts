import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../aws-credentials.ts';
import { parseTopicArn } from '../domain/callback.ts';
import { Sha256 } from '../sha256.ts';

/** What a topic receives: the text, and attributes by which subscriptions can filter. */
export type TopicMessage = { text: string; subject: string; attributes: Readonly<Record<string, string>> };

export type PublishRequest = { url: string; method: 'POST'; headers: Record<string, string>; body: string };

/**
 * Makes the signed request that publishes a message to an SNS topic. It is sent like the request to any other target, so its
 * attempt has the same status, times and errors.
 *
 * @throws Error if the text is not the ARN of a topic, or if the credentials cannot be read.
 */
export type MakePublishRequest = (
  topicArn: string,
  message: TopicMessage,
  nowMs: number,
) => Promise<PublishRequest>;

/**
 * @param deps.credentials returns the current credentials of the function's role; called once for each request.
 * @param deps.endpoint the address of an emulator; undefined means AWS, in the region of the topic.
 */
export function makeMakePublishRequest(deps: {
  credentials: () => Promise<AwsCredentials>;
  endpoint: string | undefined;
}): MakePublishRequest {
  const { credentials, endpoint } = deps;
  return async (topicArn, message, nowMs) => {
    const topic = parseTopicArn(topicArn);
    if (topic === undefined) throw new Error('the target is no SNS topic');
    const { region, partition } = topic;
    const url = new URL(endpoint ?? `https://sns.${region}.${domainOf(partition)}/`);
    const body = bodyOf(topicArn, message);
    const signer = new SignatureV4({ service: 'sns', region, credentials, sha256: Sha256 });
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body,
      },
      { signingDate: new Date(nowMs) },
    );
    // The client sends the host of the URL itself.
    const { host: _, ...signed } = headers;
    return { url: url.href, method: 'POST', headers: { 'user-agent': 'Belfry', ...signed }, body };
  };
}

/** The domain of the endpoints in a partition. China has one of its own. */
const domainOf = (partition: string): string =>
  partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

/** The query protocol of SNS: a form with numbered entries. */
function bodyOf(topicArn: string, { text, subject, attributes }: TopicMessage): string {
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Subject: subject,
    Message: text,
  });
  for (const [index, [name, value]] of Object.entries(attributes).entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, 'String');
    form.set(`${entry}.Value.StringValue`, value);
  }
  return form.toString();
}
