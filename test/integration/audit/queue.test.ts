import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeQueueRule } from '../../../lib/audit/queue-agrees/rule.ts';
import { runAudit } from '../../../lib/audit/run-audit.ts';
import { makeKeys, type Keys } from '../../../lib/redis/keys.ts';
import { makeReadPlaces, makeReadUnknown } from '../../../lib/redis/places.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfry, type Belfry } from '../../support/belfry.ts';
import { settingsAt } from './fixture.ts';

const START = '2030-03-04T10:00:00.000Z';
/** An address where no server listens. */
const REFUSING = 'http://127.0.0.1:9/';

let belfry: Belfry;
let keys: Keys;
/** Executions that are due in a minute, retried in minutes, and due for a while. */
let scheduled: number;
let retrying: number;
let ready: number;

beforeEach(async () => {
  belfry = await createBelfry(START);
  keys = makeKeys(belfry.tag);
  const job = (schedule: string) => aJob({ schedule, isRecurring: false, api: REFUSING });
  const idOf = async (jobId: number) => (await belfry.executions(jobId))[0]!.id;
  const failing = await belfry.createJob(job('2030-03-04T10:00:01.000Z'));
  await belfry.clock.advanceBy(1_000);
  await belfry.runWorker(belfry.inMs(180_000));
  retrying = await idOf(failing.id);
  ready = await idOf((await belfry.createJob(job('2030-03-04T10:00:04Z'))).id);
  scheduled = await idOf((await belfry.createJob(job('2030-03-04T10:01:00Z'))).id);
  await belfry.clock.advanceBy(15_000);
});
afterEach(() => belfry.close());

const ask = async (changes: { maxFindings?: number } = {}) => {
  const { redis, pool, clock } = belfry;
  const readPlaces = makeReadPlaces(redis, keys);
  const rule = makeQueueRule({ readPlaces, readUnknown: makeReadUnknown(redis, keys) });
  const [result] = await runAudit({ pool, clock, rules: [rule] }, settingsAt(clock.now(), changes));
  return result!;
};
const details = async () => (await ask()).findings.map(({ executionId, detail }) => [executionId, detail]);

describe('the audit of the queue', () => {
  test('a quiet queue agrees with PostgreSQL, whichever state an execution has', async () => {
    const nowMs = belfry.clock.nowMs();
    expect(await belfry.queue.stats(nowMs)).toMatchObject({ ready: 1, scheduled: 1, retrying: 1 });
    expect(await ask()).toMatchObject({ findings: [], isComplete: true });
    await belfry.queue.take({ workerId: 'busy', nowMs, horizonMs: nowMs, limit: 1, leaseMs: 30_000 });
    expect(await details()).toEqual([]);
  });

  test('the audit reports executions that the queue has lost', async () => {
    await belfry.redis.flushdb();
    expect(await details()).toEqual([retrying, ready, scheduled].map((id) => [id, 'it is not in the queue']));
    await belfry.runTick(belfry.inMs(50_000));
    expect(await details()).toEqual([]);
  });

  test('the audit reports an execution of which the queue has only the payload', async () => {
    await belfry.redis.zrem(keys.scheduled, scheduled);
    expect(await details()).toEqual([[scheduled, 'the queue has its payload, but it is in no list']]);
  });

  test('the audit reports a finished execution that is in the queue', async () => {
    await belfry.pool.query(`update job_executions set status = 'SUCCESS' where id = $1`, [scheduled]);
    expect(await details()).toEqual([[scheduled, 'it is SUCCESS, but in scheduled']]);
  });

  test('the audit reports a running execution that waits in the queue', async () => {
    await belfry.pool.query(
      `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = now()
        where id = $1`,
      [scheduled],
    );
    expect(await details()).toEqual([[scheduled, 'it is RUNNING, but in scheduled']]);
  });

  test('the audit reports an execution in the queue that does not exist', async () => {
    await belfry.redis.rpush(keys.ready, 987_654);
    expect(await details()).toEqual([[987_654, 'it is in ready, but not in the database']]);
  });

  test('the audit reports an execution that is in two lists', async () => {
    await belfry.redis.rpush(keys.ready, scheduled);
    expect(await details()).toEqual([[scheduled, 'it is in ready and scheduled']]);
  });

  test('the audit reports an execution that the queue holds until another instant', async () => {
    await belfry.redis.zadd(keys.scheduled, Date.parse('2030-03-04T10:02:00Z'), scheduled);
    expect(await details()).toEqual([
      [scheduled, 'it is due at 2030-03-04T10:01:00.000Z, but in scheduled until 2030-03-04T10:02:00.000Z'],
    ]);
  });

  test('the audit accepts a due execution that is snoozed, up to the longest snooze', async () => {
    const nowMs = belfry.clock.nowMs();
    const move = async (untilMs: number) => {
      await belfry.redis.lrem(keys.ready, 1, String(ready));
      await belfry.redis.zadd(keys.scheduled, untilMs, ready);
    };
    await move(nowMs + 61_000);
    expect(await details()).toEqual([]);
    await move(nowMs + 61_001);
    expect(await details()).toEqual([
      [ready, 'it is due at 2030-03-04T10:00:04.000Z, but in scheduled until 2030-03-04T10:01:17.001Z'],
    ]);
  });

  test('the audit reports a vanished worker that still has executions', async () => {
    const nowMs = belfry.clock.nowMs();
    await belfry.queue.take({ workerId: 'gone', nowMs, horizonMs: nowMs, limit: 1, leaseMs: 30_000 });
    await belfry.clock.advanceBy(151_000);
    expect(await details()).toContainEqual([
      undefined,
      'the lease of worker gone ended at 2030-03-04T10:00:46.000Z, but it still has executions in processing: 1',
    ]);
  });

  test('the audit does not judge the queue by executions that were just dispatched', async () => {
    await belfry.createJob(aJob({ schedule: '2030-03-04T10:01:05Z', isRecurring: false }));
    await belfry.redis.flushdb();
    expect((await details()).map(([id]) => id)).toEqual([retrying, ready, scheduled]);
  });

  test('the audit leaves the queue as it is', async () => {
    const everything = async () => {
      const found = (await belfry.redis.keys('*')).sort();
      return Promise.all(found.map(async (key) => [key, await belfry.redis.dumpBuffer(key)]));
    };
    const before = await everything();
    await ask();
    expect(await everything()).toEqual(before);
  });
});
