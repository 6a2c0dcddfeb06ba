import * as z from 'zod';
import { askService, queryForm, type QueryRequest } from './query-api.ts';

/** A request to the API of a service, and the place of the names in its answer. */
type Listing = QueryRequest & { kind: string; names: RegExp | ((text: string) => string[]) };

/** Follows the name of a log group without a retention. All log groups of a stack have one. */
export const UNLIMITED = ':unlimited';

const rest = (kind: string, service: string, path: string, field: string): Listing => ({
  kind,
  service,
  path,
  names: jsonField(field),
});

const json = (kind: string, service: string, target: string, field: string): Listing => ({
  kind,
  service,
  headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
  body: '{}',
  names: jsonField(field),
});

const query = (kind: string, service: string, action: string, version: string, tag: string): Listing => ({
  kind,
  service,
  ...queryForm({ Action: action, Version: version }),
  names: new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'),
});

const jsonField = (field: string) => new RegExp(`"${field}"\\s*:\\s*"([^"]+)"`, 'g');

const logGroupsSchema = z.object({
  logGroups: z.array(z.object({ logGroupName: z.string(), retentionInDays: z.int().nullish() })),
});

const listings: Listing[] = [
  {
    ...query('stack', 'cloudformation', 'DescribeStacks', '2010-05-15', 'StackName'),
    // AWS leaves out stacks that are deleted; LocalStack does not.
    names: /<StackName>([^<]+)<\/StackName>(?:(?!<StackName>)[^])*?<StackStatus>(?!DELETE_COMPLETE)/g,
  },
  rest('function', 'lambda', '/2015-03-31/functions/', 'FunctionName'),
  rest('event source', 'lambda', '/2015-03-31/event-source-mappings/', 'UUID'),
  rest('API', 'apigateway', '/restapis', 'id'),
  rest('usage plan', 'apigateway', '/usageplans', 'id'),
  rest('schedule', 'scheduler', '/schedules', 'Name'),
  rest('schedule group', 'scheduler', '/schedule-groups', 'Name'),
  json('rule', 'events', 'AWSEvents.ListRules', 'Name'),
  {
    ...json('queue', 'sqs', 'AmazonSQS.ListQueues', 'QueueUrls'),
    headers: { 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': 'application/x-amz-json-1.0' },
    names: /"(https?:[^"]+)"/g,
  },
  query('topic', 'sns', 'ListTopics', '2010-03-31', 'TopicArn'),
  {
    ...json('log group', 'logs', 'Logs_20140328.DescribeLogGroups', 'logGroupName'),
    names: (text) =>
      text === ''
        ? []
        : logGroupsSchema
            .parse(JSON.parse(text))
            .logGroups.map(({ logGroupName, retentionInDays }) =>
              (retentionInDays ?? 0) === 0 ? `${logGroupName}${UNLIMITED}` : logGroupName,
            ),
  },
  json('secret', 'secretsmanager', 'secretsmanager.ListSecrets', 'Name'),
  json('parameter', 'ssm', 'AmazonSSM.DescribeParameters', 'Name'),
  json('key', 'kms', 'TrentService.ListKeys', 'KeyId'),
  query('role', 'iam', 'ListRoles', '2010-05-08', 'RoleName'),
  query('alarm', 'monitoring', 'DescribeAlarms', '2010-08-01', 'AlarmName'),
  query('dashboard', 'monitoring', 'ListDashboards', '2010-08-01', 'DashboardName'),
  {
    kind: 'distribution',
    service: 'cloudfront',
    path: '/2020-05-31/distribution',
    names: /<DistributionSummary><Id>([^<]+)<\/Id>/g,
  },
  { kind: 'bucket', service: 's3', path: '/', names: /<Bucket>.*?<Name>([^<]+)<\/Name>/g },
];

/** Lists the resources of the emulated account, as `<kind> <name>`, sorted. */
export async function listResources(endpoint: string): Promise<string[]> {
  const found = await Promise.all(
    listings.map(async (listing) => {
      const text = await send(endpoint, listing);
      return namesIn(text, listing).map((name) => `${listing.kind} ${name}`);
    }),
  );
  return [...new Set(found.flat())].toSorted();
}

const namesIn = (text: string, { names }: Listing): string[] =>
  typeof names === 'function' ? names(text) : [...text.matchAll(names)].map(([, name = '']) => name);

async function send(endpoint: string, listing: Listing): Promise<string> {
  const { status, text } = await askService(endpoint, listing);
  // An emulator without the service has no such resources.
  if (status === 501) return '';
  if (status !== 200) throw new Error(`cannot list ${listing.service}: ${status} ${text.slice(0, 300)}`);
  return text;
}
