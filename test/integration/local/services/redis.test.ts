import { describe, expect, test } from 'vitest';
import { startRedis } from '../../../../local/services/redis.ts';
import { makeDirectory, open, report, start, withRedis } from './fixture.ts';
import { isRunning } from '../../../support/child-pids.ts';

describe('the Redis service', () => {
  test('Redis keeps its data after a kill, which is reported, and after a stop', async () => {
    const dataDir = await open(await makeDirectory());
    const killed = await start(startRedis({ dataDir, report }));
    await withRedis(killed.url, (redis) => redis.set('kept', '42'));
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toMatch(/^Redis ended unexpectedly by SIGKILL; its log is .*redis\.log$/);

    const stopped = await start(startRedis({ dataDir, report }));
    expect(await withRedis(stopped.url, (redis) => redis.get('kept'))).toBe('42');
    await stopped.stop();
    expect(isRunning(stopped.pid)).toBe(false);

    const again = await start(startRedis({ dataDir, report }));
    expect(await withRedis(again.url, (redis) => redis.get('kept'))).toBe('42');
  });

  test('Redis refuses writes instead of evicting keys, and listens on no port', async () => {
    const dataDir = await open(await makeDirectory());
    const { url } = await start(startRedis({ dataDir, report }));
    const policy = await withRedis(url, (redis) => redis.config('GET', 'maxmemory-policy'));
    expect(policy).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await withRedis(url, (redis) => redis.config('GET', 'port'))).toEqual(['port', '0']);
  });
});
