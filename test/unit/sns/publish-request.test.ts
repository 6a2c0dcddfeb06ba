import { expect, test } from 'vitest';
import { makeMakePublishRequest } from '../../../lib/sns/publish-request.ts';
import { givenSignature, signatureOfPost } from '../../support/signature-v4.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjE//Token+With=Signs==',
};
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:failures';
const message = {
  text: '{"type":"job.failed","data":"a&b=ü"}',
  subject: 'Belfry: job.failed',
  attributes: {},
};
const nowMs = Date.parse('2026-03-04T05:06:07Z');

const make = (endpoint?: string) =>
  makeMakePublishRequest({ credentials: async () => credentials, endpoint });

test('a message is published in the region of the topic, signed with the credentials of the role', async () => {
  const { url, headers, body } = await make()(TOPIC, message, nowMs);
  expect(url).toBe('https://sns.eu-central-1.amazonaws.com/');
  expect(headers['x-amz-security-token']).toBe(credentials.sessionToken);
  expect(headers['authorization']).toContain('Credential=AKIDEXAMPLE/20260304/eu-central-1/sns/aws4_request');
  // The client adds the host.
  expect(headers).not.toHaveProperty('host');
  const sent = { path: '/', headers: { ...headers, host: new URL(url).host }, body };
  expect(givenSignature(headers)).toBe(signatureOfPost(sent, credentials.secretAccessKey));
  expect(headers['authorization']).toMatch(/SignedHeaders=[^,]*\bhost\b/);
});

test('a message has its text, its subject and its attributes in the form of the query protocol', async () => {
  const attributes = { type: 'job.failed', 'webhook-id': 'belfry-1-2-3' };
  const { body, headers } = await make()(TOPIC, { ...message, attributes }, nowMs);
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded; charset=utf-8');
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: TOPIC,
    Subject: 'Belfry: job.failed',
    Message: message.text,
    'MessageAttributes.entry.1.Name': 'type',
    'MessageAttributes.entry.1.Value.DataType': 'String',
    'MessageAttributes.entry.1.Value.StringValue': 'job.failed',
    'MessageAttributes.entry.2.Name': 'webhook-id',
    'MessageAttributes.entry.2.Value.DataType': 'String',
    'MessageAttributes.entry.2.Value.StringValue': 'belfry-1-2-3',
  });
});

test('an emulator gets the message at its address, with its port in the signed host', async () => {
  const { url, headers, body } = await make('http://127.0.0.1:4566')(TOPIC, message, nowMs);
  expect(url).toBe('http://127.0.0.1:4566/');
  const sent = { path: '/', headers: { ...headers, host: '127.0.0.1:4566' }, body };
  expect(givenSignature(headers)).toBe(signatureOfPost(sent, credentials.secretAccessKey));
});

test('a topic in China has the endpoint of its partition', async () => {
  const topic = 'arn:aws-cn:sns:cn-north-1:123456789012:failures';
  expect((await make()(topic, message, nowMs)).url).toBe('https://sns.cn-north-1.amazonaws.com.cn/');
});

test.each(['https://example.com/', 'arn:aws:sqs:eu-central-1:123456789012:a', `${TOPIC}.fifo`])(
  'nothing is signed for %s, which is not a standard topic',
  async (target) => {
    await expect(make()(target, message, nowMs)).rejects.toThrow('no SNS topic');
  },
);
