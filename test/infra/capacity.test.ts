import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Capacity, capacityOf } from '../../infra/capacity.ts';
import { pageFunctions } from '../../lib/topology.ts';
import { synthesise } from './support/synthesise.ts';
import type { VariantName } from './support/variants.ts';

const scaling = readFileSync(new URL('../../docs/operate/scaling.md', import.meta.url), 'utf8');
const runbook = ['stores.md', 'executions.md']
  .map((page) => readFileSync(new URL(`../../docs/operate/runbook/${page}`, import.meta.url), 'utf8'))
  .join('\n');

const stages: Partial<Record<VariantName, Capacity>> = {
  dev: capacityOf({ workers: 5, apis: 20, database: { maxConnections: 80, hasProxy: false } }),
  prod: capacityOf({ workers: 100, apis: 150, database: { maxConnections: 850, hasProxy: true } }),
  'dev with Aurora': capacityOf({
    workers: 5,
    apis: 20,
    database: { maxConnections: 1_802, hasProxy: false },
  }),
  'prod with Aurora': capacityOf({
    workers: 100,
    apis: 150,
    database: { maxConnections: 3_604, hasProxy: false },
  }),
};

const written = (count: number): string => count.toLocaleString('en-US');

describe.each(Object.entries(stages))('the numbers of %s', (variant, capacity) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its keys are names of variants
  const { ofType } = synthesise(variant as VariantName);

  test('the capacity figures match the template', () => {
    const { ScalingConfig } = z
      .object({ ScalingConfig: z.object({ MaximumConcurrency: z.number() }) })
      .parse(ofType('AWS::Lambda::EventSourceMapping')[0]?.Properties);
    expect(ScalingConfig.MaximumConcurrency).toBe(capacity.concurrency.worker);
    const thresholds = new Map(
      ofType('AWS::CloudWatch::Alarm').map(({ id, Properties }) => [
        /Alarms(\w+?)[0-9A-F]{8}$/.exec(id)?.[1],
        Properties['Threshold'],
      ]),
    );
    expect(thresholds.get('DatabaseConnections')).toBe(capacity.connections?.alarmAbove);
    expect(thresholds.get('RunawayWorkers')).toBe(capacity.idleInvocations);
    const reserved = ofType('AWS::Lambda::Function').flatMap(
      ({ Properties }) => Properties['ReservedConcurrentExecutions'] ?? [],
    );
    const { api, scheduler, worker } = capacity.concurrency;
    expect(reserved).toEqual(
      variant.startsWith('prod') ? [api, scheduler, worker, pageFunctions.ui.maxConcurrency] : [],
    );
  });

  test('the capacity figures match the documents', () => {
    const { concurrency, connections } = capacity;
    const { atFullLoad = 0, available = 0, alarmAbove = 0 } = connections ?? {};
    const environments = `${concurrency.worker}, ${concurrency.api}, ${concurrency.scheduler}`;
    const cells = [environments, ...[atFullLoad, available, alarmAbove].map(written)];
    expect(scaling).toContain(`| ${cells.join(' | ')} |`);
    expect(runbook).toContain(written(alarmAbove));
    expect(runbook).toContain(written(capacity.idleInvocations));
    const { throttle, openThrottle, pageThrottle } = capacity;
    for (const { requestsPerSecond, burst } of [throttle, openThrottle, pageThrottle])
      expect(scaling).toContain(`${requestsPerSecond}/s, ${burst} at once`);
  });
});

test('a new account has concurrency left for the API and the tick when all workers of dev are busy', () => {
  expect(stages.dev?.concurrency.worker).toBeLessThanOrEqual(10 / 2);
});

test('every request that the gateway admits finds an environment, even while environments start', () => {
  const anyStage = fc.record({
    workers: fc.integer({ min: 2, max: 1_000 }),
    apis: fc.integer({ min: 4, max: 1_000 }),
  });
  fc.assert(
    fc.property(anyStage, (inputs) => {
      const { throttle, keyThrottle, openThrottle } = capacityOf(inputs);
      expect(throttle.burst + throttle.requestsPerSecond / 2).toBeLessThanOrEqual(inputs.apis);
      for (const part of [keyThrottle, openThrottle]) {
        expect(part.requestsPerSecond).toBeLessThanOrEqual(throttle.requestsPerSecond);
        expect(part.burst).toBeLessThanOrEqual(throttle.burst);
      }
    }),
  );
});

test('full load triggers no alarm, and an alarm triggers before the last connection is used', () => {
  const anyDatabase = fc.record({
    maxConnections: fc.integer({ min: 20, max: 5_000 }),
    hasProxy: fc.boolean(),
  });
  const anyStage = fc.record({
    workers: fc.integer({ min: 2, max: 1_000 }),
    apis: fc.integer({ min: 4, max: 1_000 }),
    database: anyDatabase,
  });
  fc.assert(
    fc.property(anyStage, (inputs) => {
      try {
        const { atFullLoad = 0, alarmAbove = 0, available = 0 } = capacityOf(inputs).connections ?? {};
        expect(atFullLoad).toBeLessThanOrEqual(alarmAbove);
        expect(alarmAbove).toBeLessThan(available);
        expect(available).toBeLessThan(inputs.database.maxConnections);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('larger database')) throw error;
      }
    }),
  );
});

test('a stage whose functions would need more connections than the database has is refused with the figures', () => {
  const tooMany = { workers: 40, apis: 20, database: { maxConnections: 80, hasProxy: false } };
  expect(() => capacityOf(tooMany)).toThrow(
    '40 workers and 20 API environments need 167 connections, but at most 63 of 80 are available to them. ' +
      'Use fewer workers or API environments, or a larger database with more maxConnections',
  );
});
