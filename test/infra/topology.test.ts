import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { nodeOptions } from '../../infra/bundling.ts';
import {
  deployFunctions,
  functions,
  type FunctionSettings,
  pageFunctions,
  pagePaths,
  routes,
  timings,
  wakeUpQueue,
} from '../../lib/topology.ts';
import { wakeUpQueueSpec } from '../../local/services.ts';
import { localFunction } from '../../local/environments/function-environments.ts';
import { type Resource, type Synthesised, synthesise } from './support/synthesise.ts';

const functionSchema = z.object({
  Description: z.string().optional(),
  Timeout: z.number(),
  MemorySize: z.number().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});

const functionOf = ({ ofType }: Synthesised, description: RegExp) => {
  const found = ofType('AWS::Lambda::Function').map(({ Properties }) => functionSchema.parse(Properties));
  const match = found.find(({ Description = '' }) => description.test(Description));
  if (match === undefined) throw new Error(`no function is described as ${description.source}`);
  return match;
};

const described = {
  api: /REST API/,
  scheduler: /^Ticks/,
  worker: /URLs$/,
  migrate: /up to date/,
  ui: /dashboard/,
} as const;

const all: Record<string, FunctionSettings> = { ...functions, ...pageFunctions, ...deployFunctions };

function settingsOf(name: string): FunctionSettings {
  const settings = all[name];
  if (settings === undefined) throw new Error(`the topology has no function ${name}`);
  return settings;
}

const resourceSchema = z.object({ PathPart: z.string(), ParentId: z.record(z.string(), z.unknown()) });
// The root is an attribute of the gateway, and no resource of its own.
const methodSchema = z.object({
  HttpMethod: z.string(),
  ResourceId: z.object({ Ref: z.string().optional() }),
});

/** A route such as `GET /api/v1/jobs/{id}`, from the gateway in the template. */
function routesIn({ ofType }: Synthesised): string[] {
  const resources = new Map(
    ofType('AWS::ApiGateway::Resource').map((resource): [string, z.infer<typeof resourceSchema>] => [
      resource.id,
      resourceSchema.parse(resource.Properties),
    ]),
  );
  const pathOf = (id = ''): string => {
    const resource = resources.get(id);
    if (resource === undefined) return '';
    const parent = resource.ParentId['Ref'];
    return `${typeof parent === 'string' ? pathOf(parent) : ''}/${resource.PathPart}`;
  };
  return ofType('AWS::ApiGateway::Method')
    .map(({ Properties }: Resource) => methodSchema.parse(Properties))
    .map(({ HttpMethod, ResourceId }) => `${HttpMethod} ${pathOf(ResourceId.Ref)}`)
    .toSorted();
}

describe.each(['dev', 'prod', 'local'] as const)('the deployment of %s and the topology', (stage) => {
  const synthesised = synthesise(stage);

  test.each(Object.entries(described))(
    'the template matches the topology for the %s function',
    (name, description) => {
      const settings = settingsOf(name);
      const { Timeout, MemorySize, Environment } = functionOf(synthesised, description);
      expect({ Timeout, MemorySize }).toEqual({
        Timeout: settings.timeoutSeconds,
        MemorySize: settings.memoryMb,
      });
      expect(Environment?.Variables).toMatchObject({
        NODE_OPTIONS: nodeOptions(settings),
        MALLOC_ARENA_MAX: '2',
      });
    },
  );

  test('the template has the routes and pages of the topology, each GET with its HEAD', () => {
    const served = [
      ...routes,
      ...pagePaths.map((path) => ({ method: 'GET', path: path === '/' ? '' : path })),
    ];
    const expected = served.flatMap(({ method, path }) =>
      method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`],
    );
    expect(routesIn(synthesised)).toEqual(expected.toSorted());
  });

  test("the template has the topology's queue of wake-ups and worker invocation", () => {
    const [wakeUps, ...others] = synthesised
      .ofType('AWS::SQS::Queue')
      .filter(({ Properties }) => Properties['RedrivePolicy'] !== undefined);
    expect(others).toEqual([]);
    expect(wakeUps?.Properties).toMatchObject({
      VisibilityTimeout: wakeUpQueue.visibilityTimeoutSeconds,
      RedrivePolicy: { maxReceiveCount: wakeUpQueue.maxReceiveCount },
    });
    expect(synthesised.only('AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      BatchSize: wakeUpQueue.batchSize,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('the template has the tick rate of the topology', () => {
    const [tick] = [
      ...synthesised.ofType('AWS::Scheduler::Schedule'),
      ...synthesised.ofType('AWS::Events::Rule'),
    ];
    expect(tick?.Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)' });
    expect(timings.tickIntervalMs).toBe(60_000);
  });
});

test('timeouts have the order request < lease < function < visibility', () => {
  const synthesised = synthesise('prod');
  const worker = functionOf(synthesised, described.worker);
  const visibility = z
    .object({ VisibilityTimeout: z.number() })
    .parse(
      synthesised.ofType('AWS::SQS::Queue').find(({ Properties }) => Properties['RedrivePolicy'])?.Properties,
    );
  const order = [
    timings.maxRequestMs,
    timings.maxRequestMs + timings.leaseGraceMs,
    worker.Timeout * 1_000,
    visibility.VisibilityTimeout * 1_000,
  ];
  expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
});

test('the look-ahead covers a tick that is a minute late and one that fails, and SQS can delay a wake-up that long', () => {
  expect(timings.lookAheadMs).toBeGreaterThan(3 * timings.tickIntervalMs);
  expect(timings.lookAheadMs).toBeLessThanOrEqual(15 * 60_000);
  // So that a job dispatched ahead counts as served in time, whichever tick was missed.
  expect(timings.lookAheadMs).toBeLessThan(timings.misfireAfterMs);
});

test('a migration ends before the deployment stops waiting for it, and the deployment before the function ends', () => {
  const synthesised = synthesise('prod');
  const { Timeout: migrate } = functionOf(synthesised, described.migrate);
  const trigger = z.object({ Timeout: z.string() }).parse(synthesised.only('Custom::Trigger').Properties);
  const waiting = synthesised
    .ofType('AWS::Lambda::Function')
    .filter(({ id }) => id.startsWith('AWSCDKTrigger'))
    .map(({ Properties }) => functionSchema.parse(Properties).Timeout);
  const order = [migrate, Number(trigger.Timeout) / 1_000, ...waiting];
  expect(order).toHaveLength(3);
  expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
});

describe('the local run and the topology', () => {
  test.each(['api', 'scheduler', 'worker', 'ui'] as const)(
    'the local run matches the topology for the %s function',
    (name) => {
      const { entry, timeoutSeconds, memoryMb } = settingsOf(name);
      const local = localFunction(name);
      expect(local.entry.pathname.endsWith(`/${entry}`)).toBe(true);
      expect(local).toMatchObject({ timeoutMs: timeoutSeconds * 1_000, memoryMb });
    },
  );

  test("the local run has the topology's queue of wake-ups", () => {
    expect(wakeUpQueueSpec).toMatchObject({
      visibilityTimeoutSeconds: wakeUpQueue.visibilityTimeoutSeconds,
      deadLetter: { maxReceiveCount: wakeUpQueue.maxReceiveCount },
    });
  });
});
