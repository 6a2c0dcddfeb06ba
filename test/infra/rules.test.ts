import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isPagePath } from '../../lib/page-path.ts';
import { pageFunctions, pagePaths } from '../../lib/topology.ts';
import { textOf } from './support/intrinsics.ts';
import { type Resource, synthesise } from './support/synthesise.ts';
import { variantNames } from './support/variants.ts';

/** Rules of AWS that no emulator checks. */

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]),
  Principal: z.unknown(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
const statementsOf = (document: unknown) =>
  z.object({ Statement: z.array(statementSchema) }).parse(document).Statement;

/** Names that are unique in an account and region, and so must differ from one deployment to another. */
const uniqueNames: Record<string, string> = {
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::ElastiCache::ReplicationGroup': 'ReplicationGroupId',
  'AWS::ElastiCache::ServerlessCache': 'ServerlessCacheName',
  'AWS::ElastiCache::User': 'UserId',
  'AWS::ElastiCache::UserGroup': 'UserGroupId',
  'AWS::RDS::DBProxy': 'DBProxyName',
  'AWS::Scheduler::ScheduleGroup': 'Name',
};

/** Names that CloudFormation generates when the template has none. */
const madeNames: Record<string, string> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SecretsManager::Secret': 'Name',
};

describe.each(variantNames)('%s', (variant) => {
  const { ofType } = synthesise(variant);
  const deployment = variant.includes('another') ? 'theirs' : `belfry${/^\w+/.exec(variant)?.[0]}`;

  test('no resource has a name that another deployment of the account has as well', () => {
    const bare = (name: string): string => name.toLowerCase().replaceAll('-', '');
    for (const [type, property] of Object.entries(uniqueNames)) {
      for (const { Properties } of ofType(type))
        expect(bare(textOf(Properties[property]))).toContain(deployment);
    }
    for (const [type, property] of Object.entries(madeNames)) {
      for (const { Properties } of ofType(type)) expect(Properties).not.toHaveProperty(property);
    }
  });

  test('only alarms of the account may publish to the topic of alarms, and no other service to the topic of reports', () => {
    const policies = ofType('AWS::SNS::TopicPolicy').map(({ id, Properties }) => ({
      isOfAlarms: id.includes('Monitoring'),
      statements: statementsOf(Properties['PolicyDocument']),
    }));
    expect(policies).toHaveLength(ofType('AWS::SNS::Topic').length);
    for (const { isOfAlarms, statements } of policies) {
      const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
      const ofAlarms = {
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      };
      expect(allowed).toMatchObject(isOfAlarms ? [ofAlarms] : []);
      expect(statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
        { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
    }
  });

  test('Lambda may invoke workers by their messages, and no other function by its own', () => {
    const recursive = ofType('AWS::Lambda::Function').filter(
      ({ Properties }) => Properties['RecursiveLoop'] === 'Allow',
    );
    expect(recursive.map(({ Properties }) => Properties['Description'])).toEqual(["Calls the jobs' URLs"]);
    expect(ofType('AWS::Lambda::EventSourceMapping')).toHaveLength(1);
    expect(ofType('AWS::Lambda::EventSourceMapping')[0]?.Properties).toHaveProperty(
      'ScalingConfig.MaximumConcurrency',
    );
    const runaway = ofType('AWS::CloudWatch::Alarm').filter(({ id }) => id.includes('RunawayWorkers'));
    expect(runaway).toHaveLength(variant === 'local' ? 0 : 1);
  });

  test('EventBridge Scheduler may assume its role only for the schedules of the deployment', () => {
    const assumed = ofType('AWS::IAM::Role')
      .flatMap(({ Properties }) => statementsOf(Properties['AssumeRolePolicyDocument']))
      .filter(({ Principal }) => JSON.stringify(Principal).includes('scheduler.amazonaws.com'));
    expect(assumed).toHaveLength(1);
    const { StringEquals = {} } = assumed[0]?.Condition ?? {};
    expect(StringEquals['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' });
    expect(textOf(StringEquals['aws:SourceArn'])).toMatch(/:schedule-group\/(belfry-\w+|theirs)$/);
  });

  test('both ports of a serverless cache are open, and only one port of any other cache', () => {
    const serverless = ofType('AWS::ElastiCache::ServerlessCache').length > 0;
    const nodes = ofType('AWS::ElastiCache::ReplicationGroup').length > 0;
    const ports = ofType('AWS::EC2::SecurityGroupIngress')
      .filter(({ id }) => id.startsWith('Cache'))
      .map(({ Properties }) => [Properties['FromPort'], Properties['ToPort']]);
    expect(ports).toEqual(serverless ? [[6379, 6380]] : nodes ? [[6379, 6379]] : []);
    const egress = ofType('AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
    for (const rule of egress)
      expect(rule).not.toMatchObject({ FromPort: 6379, ToPort: 6379, IpProtocol: '-1' });
  });

  test('each open route has a limit of its own, below the limit of all callers', () => {
    const schema = z.object({
      MethodSettings: z.array(
        z.object({
          HttpMethod: z.string(),
          ResourcePath: z.string(),
          ThrottlingRateLimit: z.number(),
          ThrottlingBurstLimit: z.number(),
        }),
      ),
    });
    const { MethodSettings } = schema.parse(ofType('AWS::ApiGateway::Stage')[0]?.Properties);
    const [all, ...others] = MethodSettings;
    const isOfPage = ({ ResourcePath }: { ResourcePath: string }): boolean =>
      isPagePath(ResourcePath.slice(1).replaceAll('~1', '/') || '/');
    const open = others.filter((one) => !isOfPage(one));
    const pages = others.filter(isOfPage);
    expect(pages).toHaveLength(2 * pagePaths.length);
    for (const page of pages) {
      expect(page.ThrottlingBurstLimit).toBeGreaterThanOrEqual(50);
      expect(page.ThrottlingBurstLimit).toBeLessThan(pageFunctions.ui.maxConcurrency);
    }
    expect(open.map(({ HttpMethod, ResourcePath }) => `${HttpMethod} ${ResourcePath}`)).toEqual([
      'GET /~1calendar.ics',
      'HEAD /~1calendar.ics',
      'GET /~1health',
      'HEAD /~1health',
      'GET /~1openapi.json',
      'HEAD /~1openapi.json',
    ]);
    for (const { ThrottlingRateLimit, ThrottlingBurstLimit } of open) {
      expect(ThrottlingRateLimit).toBeLessThan(all?.ThrottlingRateLimit ?? 0);
      expect(ThrottlingBurstLimit).toBeLessThan(all?.ThrottlingBurstLimit ?? 0);
    }
  });

  test("jobs may not call the deployment's own network, even if they may call a wider network", () => {
    const working = functionsAtWork(ofType('AWS::Lambda::Function'));
    expect(working.length).toBeGreaterThan(2);
    // The network of the other app was imported without its range, and the local stage has no network.
    const expected = /^(dev|prod)/.test(variant) ? '10.40.0.0/16' : undefined;
    expect(working.map((variables) => variables['BELFRY_OWN_NETWORKS'])).toEqual(working.map(() => expected));
  });
});

function functionsAtWork(functions: Resource[]): Record<string, unknown>[] {
  const schema = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
  return functions
    .flatMap(({ Properties }) => schema.safeParse(Properties).data ?? [])
    .map(({ Environment }) => Environment.Variables)
    .filter((variables) => 'BELFRY_WAKE_UP_QUEUE_URL' in variables);
}
