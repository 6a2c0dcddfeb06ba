import { expect, test } from 'vitest';
import * as z from 'zod';
import { type Synthesised, synthesise } from './support/synthesise.ts';

const OWN = 'arn:aws:sns:eu-central-1:123456789012:reports';

const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Action: z.unknown(), Effect: z.string(), Resource: z.unknown() })),
  }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** The rights on topics, each with the function that has them. */
const rightsOf = ({ ofType }: Synthesised) =>
  ofType('AWS::IAM::Policy').flatMap(({ Properties }) => {
    const { PolicyDocument, Roles } = policySchema.parse(Properties);
    return PolicyDocument.Statement.filter(({ Action }) => JSON.stringify(Action).includes('sns:')).map(
      ({ Action, Effect, Resource }) => ({ Action, Effect, Resource, role: Roles[0]?.Ref }),
    );
  });

/** The variables of each function that name a target of reports. */
const targetsOf = ({ ofType }: Synthesised) =>
  ofType('AWS::Lambda::Function').flatMap(({ id, Properties }) => {
    const { Environment } = z
      .object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional() })
      .parse(Properties);
    const { BELFRY_ON_FAILURE: failure, BELFRY_ON_RECOVERY: recovery } = Environment?.Variables ?? {};
    return failure === undefined && recovery === undefined ? [] : [{ id, failure, recovery }];
  });

test('a new topic receives reports, and only the worker may publish to it', () => {
  const stack = synthesise({ stage: 'dev', onFailure: 'topic', onRecovery: 'topic' });
  const topic = stack.only('AWS::SNS::Topic');
  const ref = { Ref: topic.id };
  expect(rightsOf(stack)).toEqual([
    {
      Action: 'sns:Publish',
      Effect: 'Allow',
      Resource: ref,
      role: expect.stringMatching(/^SchedulerWorkerRole/),
    },
  ]);
  expect(targetsOf(stack)).toEqual([
    { id: expect.stringMatching(/^SchedulerFunction/), failure: ref, recovery: ref },
    { id: expect.stringMatching(/^SchedulerWorkerFunction/), failure: ref, recovery: ref },
  ]);
  expect(stack.outputs).toContain('CallbackTopicArn');
  // Without TLS nothing is published.
  expect(JSON.stringify(stack.only('AWS::SNS::TopicPolicy').Properties)).toContain('aws:SecureTransport');
});

test('a topic that exists receives reports, and the stack creates none', () => {
  const stack = synthesise({ stage: 'dev', onFailure: OWN });
  expect(stack.ofType('AWS::SNS::Topic')).toEqual([]);
  expect(rightsOf(stack)).toMatchObject([{ Action: 'sns:Publish', Resource: OWN }]);
  expect(targetsOf(stack).map(({ failure, recovery }) => [failure, recovery])).toEqual([
    [OWN, undefined],
    [OWN, undefined],
  ]);
});

test('a URL needs no right, and a stack without targets has none', () => {
  const withUrl = synthesise({ stage: 'dev', onFailure: 'https://ops.example/failed' });
  expect(rightsOf(withUrl)).toEqual([]);
  expect(targetsOf(withUrl)).toMatchObject([
    { failure: 'https://ops.example/failed' },
    { failure: 'https://ops.example/failed' },
  ]);
  expect(targetsOf(synthesise('dev'))).toEqual([]);
});
