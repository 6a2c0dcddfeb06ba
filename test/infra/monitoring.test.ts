import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { metrics } from '../../lib/topology.ts';
import { anchorsOf } from '../../scripts/docs/read-page.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';
import { variantNames } from './support/variants.ts';

const runbook = new URL('../../docs/operate/runbook/', import.meta.url);

const methodSettingsSchema = z.object({
  MethodSettings: z.array(z.object({ DataTraceEnabled: z.boolean() })),
});
const alarmSchema = z.object({ AlarmDescription: z.string(), TreatMissingData: z.string() });
const alarmsOf = ({ ofType }: Synthesised) =>
  ofType('AWS::CloudWatch::Alarm').map(({ id, Properties }) => ({ id, ...alarmSchema.parse(Properties) }));

const idsOf = (synthesised: Synthesised): string[] =>
  alarmsOf(synthesised).map(({ id }) => /Alarms(\w+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id);

describe.each(variantNames)('%s', (variant) => {
  const synthesised = synthesise(variant);

  test('each alarm names an existing section of the runbook', () => {
    const alarms = alarmsOf(synthesised);
    expect(alarms.length).toBeGreaterThan(5);
    for (const { AlarmDescription } of alarms) {
      const [, page = '', anchor] =
        /docs\/operate\/runbook\/(\w+\.md)#([\w-]+)$/.exec(AlarmDescription) ?? [];
      expect(anchorsOf(readFileSync(new URL(page, runbook), 'utf8'))).toContain(anchor);
    }
  });

  test('the dashboard starts with waiting executions, and shows every metric of the functions', () => {
    const body = JSON.stringify(synthesised.only('AWS::CloudWatch::Dashboard').Properties['DashboardBody']);
    const missing = Object.values(metrics).filter(({ name }) => !body.includes(name));
    expect(missing).toEqual([]);
    const order = [
      'QueueReady',
      'ApproximateNumberOfMessagesVisible',
      'Lateness',
      'ExecutionsSucceeded',
      'ConcurrentExecutions',
    ];
    const graphs = body.slice(body.indexOf('Queue depth'));
    const places = order.map((name) => graphs.indexOf(name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
  });
});

test('the stage has its alarms, each with its recipients', () => {
  expect(idsOf(synthesise('prod')).toSorted()).toEqual(
    [
      'ApiErrors',
      'ApiFails',
      'ApiThrottles',
      'CacheMemory',
      'DatabaseConnections',
      'DatabaseStorage',
      'DeadTicks',
      'DeadWakeUps',
      'FailureShare',
      'JobsFailing',
      'NoTick',
      'OldestDue',
      'RunawayWorkers',
      'SchedulerErrors',
      'SchedulerThrottles',
      'TickIncomplete',
      'TickParts',
      'UiErrors',
      'UiThrottles',
      'WorkerErrors',
      'WorkerThrottles',
    ].toSorted(),
  );
});

test('an alarm triggers after three minutes without a tick, unless ticks may hibernate', () => {
  const ofTicks = (synthesised: Synthesised) =>
    alarmsOf(synthesised).filter(({ AlarmDescription }) => AlarmDescription.endsWith('#no-tick'));
  expect(ofTicks(synthesise('prod'))).toMatchObject([{ TreatMissingData: 'breaching' }]);
  expect(ofTicks(synthesise('dev with everything'))).toMatchObject([{ TreatMissingData: 'notBreaching' }]);
});

test('the recipients of an alarm are also notified of its end', () => {
  const { ofType, only } = synthesise('dev with everything');
  expect(only('AWS::SNS::Subscription').Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
  for (const { Properties } of ofType('AWS::CloudWatch::Alarm')) {
    expect(Properties['AlarmActions']).toHaveLength(1);
    expect(Properties['OKActions']).toEqual(Properties['AlarmActions']);
  }
});

test('no function may create a log group, so no late line brings one back after the stack was deleted', () => {
  for (const variant of variantNames) {
    const { ofType } = synthesise(variant);
    expect(ofType('AWS::Logs::LogGroup').length).toBeGreaterThan(0);
    const rights = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap(ofType);
    const creators = rights.filter((right) =>
      /logs:(CreateLogGroup|Create\*|\*)|AWSLambda\w*ExecutionRole/.test(JSON.stringify(right)),
    );
    expect(creators.map(({ id }) => id)).toEqual([]);
  }
});

test('logs expire, and contain no request of the API', () => {
  for (const variant of variantNames) {
    const { ofType } = synthesise(variant);
    for (const { Properties } of ofType('AWS::Logs::LogGroup'))
      expect(Properties['RetentionInDays']).toBeGreaterThan(0);
    for (const { Properties } of ofType('AWS::ApiGateway::Stage')) {
      const { MethodSettings } = methodSettingsSchema.parse(Properties);
      expect(MethodSettings.filter(({ DataTraceEnabled }) => DataTraceEnabled)).toEqual([]);
      const { Format } = z.object({ Format: z.string() }).parse(Properties['AccessLogSetting']);
      expect(Format).not.toMatch(/header|body|querystring|apiKey/i);
    }
  }
});
