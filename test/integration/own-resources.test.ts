import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { createTestRedis, takeDatabase } from '../support/redis.ts';
import { cleanups, query, withRedis } from './local/services/fixture.ts';

describe('resources that each test file has for itself', () => {
  test('each test file has its own database, cloned from one that was migrated once', async () => {
    let migrations = 0;
    const migrate = async (url: string) => {
      migrations++;
      await query(url, 'create table if not exists things (n int)');
    };
    const [one, other] = await Promise.all([
      createTestDatabase({ template: 'own_resources_template', migrate }),
      createTestDatabase({ template: 'own_resources_template', migrate }),
    ]);
    cleanups.push(one.drop, other.drop);
    await one.pool.query('create table mine (n int)');
    await expect(other.pool.query('select from mine')).rejects.toThrow('does not exist');
    expect(migrations).toBe(1);
  });

  test('each test file has its own Redis database', async () => {
    const [one, other] = await Promise.all([createTestRedis(), createTestRedis()]);
    cleanups.push(one.close, other.close);
    await one.redis.set('key', 'value');
    expect(await other.redis.get('key')).toBeNull();
    expect(await withRedis(one.url, (redis) => redis.get('key'))).toBe('value');
  });

  test('a Redis database that was given back is empty when another test file gets it', async () => {
    const given = await createTestRedis();
    await given.redis.set('key', 'value');
    await given.close();
    await given.close();
    const register = await createTestRedis();
    cleanups.push(register.close);
    await register.redis.sadd('databases:free', 77);
    expect(await takeDatabase(register.redis, 'databases')).toBe(77);
    expect(await takeDatabase(register.redis, 'databases')).toBe(1);
    expect(await withRedis(given.url, (redis) => redis.get('key'))).toBeNull();
  });

  test('a test file fails when every Redis database is in use', async () => {
    const register = await createTestRedis();
    cleanups.push(register.close);
    await register.redis.set('databases', 998);
    expect(await takeDatabase(register.redis, 'databases')).toBe(999);
    await expect(takeDatabase(register.redis, 'databases')).rejects.toThrow('all 999 Redis databases');
  });

  test('each test file has its own clock: sleepers wake in order, each at its instant, and may sleep again', async () => {
    const clock = new ManualClock(1_000);
    const woken: string[] = [];
    const sleep = async (name: string, ...instants: number[]) => {
      for (const instantMs of instants) {
        await clock.sleepUntil(instantMs);
        woken.push(`${name} at ${clock.nowMs()}`);
      }
    };
    const abort = new AbortController();
    const sleepers = [
      sleep('late', 3_000),
      sleep('twice', 1_500, 2_500),
      clock.sleepUntil(9_000, abort.signal),
    ];
    await clock.advanceTo(2_000);
    expect(woken).toEqual(['twice at 1500']);
    clock.stepBackTo(1_000);
    await clock.advanceBy(2_000);
    expect(woken).toEqual(['twice at 1500', 'twice at 2500', 'late at 3000']);
    expect(clock.nextWakeMs()).toBe(9_000);
    abort.abort();
    await Promise.all(sleepers);
    expect(clock.sleeperCount()).toBe(0);
  });
});
