import { describe, expect, test } from 'vitest';
import { STATEMENT_TIMEOUT_MS } from '../../../../functions/compose/migrate.ts';
import { makeHandler } from '../../../../functions/migrate/handler.ts';
import type { ReencryptHeaders } from '../../../../lib/app/reencrypt-headers.ts';
import { ANSWERS_WITHIN_MS, type Upgrade } from '../../../../lib/app/upgrade.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { deployFunctions } from '../../../../lib/topology.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makeTestLog } from '../../../support/test-log.ts';

const context = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 840_000 };

function setUp(
  upgrade: Upgrade,
  reencryptHeaders: ReencryptHeaders = () => Promise.reject(new Error('not asked')),
) {
  const { logger, logs } = makeTestLog();
  const clock = new ManualClock(0);
  return { handler: makeHandler({ upgrade, reencryptHeaders, clock, logger }), logs };
}

describe('the migrate function', () => {
  test('migrate returns and logs in one line what it applied, regardless of its event', async () => {
    const { handler, logs } = setUp(async () => ['jobs', 'hibernation']);
    expect(await handler(undefined, context)).toEqual({ applied: ['jobs', 'hibernation'] });
    expect(logs).toEqual([{ level: 'info', event: 'migrate', fields: { applied: ['jobs', 'hibernation'] } }]);
  });

  test('migrate encrypts the headers of all jobs on request, and nothing else, within its time', async () => {
    const done = { reencrypted: 7, unreadable: 0, isComplete: true };
    const deadlines: number[] = [];
    const { handler, logs } = setUp(
      () => Promise.reject(new Error('not asked')),
      async (deadlineMs) => {
        deadlines.push(deadlineMs);
        return done;
      },
    );
    expect(await handler({ reencryptHeaders: true }, context)).toEqual(done);
    expect(deadlines).toEqual([810_000]);
    expect(logs).toEqual([{ level: 'info', event: 'reencrypted', fields: done }]);
  });

  test('migrate throws an error unchanged, and logs it', async () => {
    const error = new Error('column "a" of relation "jobs" already exists');
    const { handler, logs } = setUp(() => Promise.reject(error));
    await expect(handler({}, context)).rejects.toBe(error);
    expect(logs).toMatchObject([
      { level: 'error', event: 'migrate_failed', fields: { error: { message: error.message } } },
    ]);
  });

  test.each([
    [
      new Error('canceling statement due to statement timeout'),
      'canceling statement due to statement timeout',
    ],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new RangeError(), 'RangeError'],
  ])('migrate tells the operator why a component does not answer', async (cause, reason) => {
    const error = new UnavailableError('PostgreSQL', { cause });
    const { handler } = setUp(() => Promise.reject(error));
    await expect(handler({}, context)).rejects.toThrow(
      new Error(`PostgreSQL does not answer; try again shortly (${reason})`),
    );
  });
});

test('a statement that takes too long fails before the migrate function does, even after a wait for the database', () => {
  const connectMs = 5_000;
  const untilItFailsMs = ANSWERS_WITHIN_MS + connectMs + STATEMENT_TIMEOUT_MS;
  expect(untilItFailsMs).toBeLessThan(deployFunctions.migrate.timeoutSeconds * 1_000);
  expect(STATEMENT_TIMEOUT_MS).toBeGreaterThan(600_000);
});
