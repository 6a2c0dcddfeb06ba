import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { cacheByUrl } from '../../infra/constructs/cache-access.ts';
import { databaseByUrl } from '../../infra/constructs/database-access.ts';
import { JobScheduler, type JobSchedulerProps } from '../../infra/constructs/job-scheduler.ts';
import { type Synthesised, synthesise, synthesiseApp } from './support/synthesise.ts';

const functionSchema = z.object({
  Description: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
    ),
  }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** Each function that has the ARN of a secret, and the actions its role may take on it. */
function usersOf(secret: string, { ofType }: Synthesised): Record<string, string[]> {
  const policies = ofType('AWS::IAM::Policy').map(({ Properties }) => policySchema.parse(Properties));
  const functions = ofType('AWS::Lambda::Function').flatMap(({ Properties }) => {
    const parsed = functionSchema.safeParse(Properties);
    return parsed.success ? [parsed.data] : [];
  });
  const told = functions.filter(({ Environment }) => 'BELFRY_DATA_KEYS_SECRET_ARN' in Environment.Variables);
  return Object.fromEntries(
    told.map(({ Description, Environment, Role }) => {
      expect(Environment.Variables['BELFRY_DATA_KEYS_SECRET_ARN']).toEqual({ Ref: secret });
      const [role] = Role['Fn::GetAtt'];
      const actions = policies
        .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .filter(({ Resource }) => JSON.stringify(Resource).includes(secret))
        .flatMap(({ Action }) => Action);
      return [Description, actions.toSorted()];
    }),
  );
}

const READ = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
const WRITE = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'].map(
  (action) => `secretsmanager:${action}`,
);

const dataKeysOf = ({ ofType }: Synthesised) => {
  const [found, ...others] = ofType('AWS::SecretsManager::Secret').filter(
    ({ Properties }) => Properties['Description'] === "The keys of Belfry's secret headers",
  );
  expect(others).toEqual([]);
  return found;
};

describe.each(['dev', 'prod', 'local'] as const)('the data keys in %s', (stage) => {
  const synthesised = synthesise(stage);

  test('the data keys are readable for functions that seal and open headers, and only the migrate function creates them', () => {
    const secret = dataKeysOf(synthesised);
    expect(usersOf(secret?.id ?? '', synthesised)).toEqual({
      'Serves the REST API': READ,
      "Calls the jobs' URLs": READ,
      'Brings the database up to date': [...READ, ...WRITE].toSorted(),
    });
  });

  test(stage === 'prod' ? 'stay when the stack goes' : 'go with the stack', () => {
    expect(dataKeysOf(synthesised)?.DeletionPolicy).toBe(stage === 'prod' ? 'Retain' : 'Delete');
    expect(synthesised.outputs).toContain('DataKeysSecretArn');
  });
});

/** A stack of an operator's own, with a declared job. */
const synthesiseTheirs = (props: (stack: Stack) => Partial<JobSchedulerProps>) =>
  synthesiseApp((outdir) => {
    const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new Stack(app, 'theirs');
    const scheduler = new JobScheduler(stack, 'Jobs', {
      deployment: 'theirs',
      database: databaseByUrl('postgresql://db.example.internal/jobs'),
      cache: cacheByUrl('rediss://cache.example.internal:6379'),
      ...props(stack),
    });
    scheduler.addJob('nightly', {
      schedule: '@daily',
      api: 'https://api.example.com/',
      headers: { 'X-Tenant': '{{resolve:secretsmanager:tenant:SecretString:id}}' },
      secretHeaders: ['X-Tenant'],
    });
    return app;
  });

describe("the data keys in an operator's own stack", () => {
  test('the data keys stay by default when the stack is deleted, and declared jobs are sealed with them', () => {
    const synthesised = synthesiseTheirs(() => ({}));
    const secret = dataKeysOf(synthesised);
    expect(secret?.DeletionPolicy).toBe('Retain');
    expect(usersOf(secret?.id ?? '', synthesised)).toMatchObject({
      'Creates, changes and deletes the jobs that the stack declares': READ,
    });
    const gone = synthesiseTheirs(() => ({ removalPolicy: RemovalPolicy.DESTROY }));
    expect(dataKeysOf(gone)?.DeletionPolicy).toBe('Delete');
  });

  test('the data keys may be in an existing secret', () => {
    const synthesised = synthesiseTheirs((stack) => ({ dataKeys: new Secret(stack, 'Theirs') }));
    expect(dataKeysOf(synthesised)).toBeUndefined();
    const [theirs] = synthesised
      .ofType('AWS::SecretsManager::Secret')
      .filter(({ id }) => id.startsWith('Theirs'));
    expect(Object.keys(usersOf(theirs?.id ?? '', synthesised))).toHaveLength(4);
  });

  test('no one logs the properties that CloudFormation has resolved for a declared job', () => {
    const framework = synthesiseTheirs(() => ({}))
      .ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => String(Properties['Description']).includes('provider framework'));
    expect(framework.map(({ Properties }) => Properties['LoggingConfig'])).toEqual([
      expect.objectContaining({ LogFormat: 'JSON', ApplicationLogLevel: 'FATAL' }),
    ]);
  });
});
