import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { createBelfryDatabase } from '../support/belfry-database.ts';
import { childPids, isRunning } from '../support/child-pids.ts';
import { closeServer, listen } from '../support/listen.ts';
import { type RunningBelfry, servicePids } from '../support/local-process.ts';
import { createTestRedis } from '../support/redis.ts';
import { startTarget } from '../support/target.ts';
import { until } from '../support/waiting.ts';
import { atEnd, makeDataDir, run, start, stop, TEST_TIMEOUT_MS } from './local-run-fixture.ts';

const soon = { timeoutMs: 20_000, everyMs: 50 };

/** Starts a target that outlives the Belfry that calls it. */
async function openTarget() {
  const target = await startTarget();
  atEnd(target.close);
  return target;
}

const job = z.object({ id: z.int() });
const history = z.object({
  items: z.array(z.object({ status: z.string(), executionTime: z.string(), retryCount: z.int() })),
});

async function successes({ call }: RunningBelfry, jobId: number): Promise<string[]> {
  const { items } = history.parse(
    await call('GET', `/api/v1/jobs/${jobId}/history?status=SUCCESS&limit=1000`),
  );
  return items.map(({ executionTime }) => executionTime);
}

describe('the local run', { timeout: TEST_TIMEOUT_MS }, () => {
  test('the local run runs the demo, keeps its key, and leaves nothing behind on Ctrl-C', async () => {
    const dataDir = await makeDataDir();
    const belfry = await start(dataDir);
    expect(belfry.stdout()).toContain(`API key   ${belfry.apiKey}`);
    expect(belfry.stdout()).toContain(`curl -s ${belfry.address}/api/v1/jobs `);
    expect(belfry.stdout()).toContain(`dashboard ${belfry.address}/ui/#key=${belfry.apiKey}\n`);
    const dashboard = await fetch(`${belfry.address}/`);
    expect([dashboard.status, dashboard.url]).toEqual([200, `${belfry.address}/ui/`]);
    expect(await dashboard.text()).toContain('<base href="/ui/"');
    expect((await stat(join(dataDir, 'api-key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'run.json'))).mode & 0o777).toBe(0o600);

    const demo = run('demo/main.ts', { BELFRY_DATA_DIR: dataDir });
    expect([await demo.ended, demo.stderr()]).toEqual([0, '']);
    expect(demo.stdout()).toMatch(/every 2 s +ran \d+ times/);
    expect(demo.stdout()).toContain('failed twice, was retried after 1 s and 2 s, and succeeded');
    expect(demo.stdout()).toMatch(/one instant +ran once/);

    const pids = Object.values(await servicePids(dataDir));
    expect(pids.map(isRunning)).toEqual([true, true]);
    expect([await stop(belfry), belfry.stderr()]).toEqual([0, '']);
    expect(pids.map(isRunning)).toEqual([false, false]);
    await expect(stat(join(dataDir, 'run.json'))).rejects.toThrow('ENOENT');

    const again = await start(dataDir);
    expect(again.apiKey).toBe(belfry.apiKey);
    expect(await stop(again)).toBe(0);
  });

  test('the local run keeps the keys of secret headers, and reveals no secret', async () => {
    const dataDir = await makeDataDir();
    const target = await openTarget();
    const keysFile = join(dataDir, 'data-keys.json');
    const first = await start(dataDir, { BELFRY_LOG_LEVEL: 'DEBUG' });
    expect((await stat(keysFile)).mode & 0o777).toBe(0o600);
    const keys = await readFile(keysFile, 'utf8');
    const posted = {
      schedule: '*/2 * * * * *',
      api: target.url,
      headers: { Authorization: 'canary-51d0' },
      maxRetryCount: 0,
    };
    const created = await first.call('POST', '/api/v1/jobs', posted);
    expect(created).toMatchObject({ headers: { Authorization: '[secret]' } });
    const { id } = job.parse(created);
    expect(await stop(first)).toBe(0);

    const again = await start(dataDir, { BELFRY_LOG_LEVEL: 'DEBUG' });
    const restartedMs = Date.now();
    expect(await readFile(keysFile, 'utf8')).toBe(keys);
    await until(
      async () => (await successes(again, id)).some((time) => Date.parse(time) > restartedMs),
      soon,
    );
    expect(target.requests.map(({ headers }) => headers.authorization)).toContain('canary-51d0');
    expect(await stop(again)).toBe(0);
    for (const output of [first, again]) expect(output.stdout() + output.stderr()).not.toContain('canary');
    expect(await readFile(join(dataDir, 'belfry.log'), 'utf8')).not.toContain('canary');
  });

  test('the local run leaves no process behind after kill -9, and continues where it was', async () => {
    const dataDir = await makeDataDir();
    const target = await openTarget();
    const killed = await start(dataDir, { BELFRY_API_KEY: 'a-key-of-my-own-choice' });
    const { id } = job.parse(
      await killed.call('POST', '/api/v1/jobs', { schedule: '*/4 * * * * *', api: target.url }),
    );
    await until(async () => (await successes(killed, id)).length > 0, soon);
    const before = await successes(killed, id);
    const children = childPids(killed.child.pid!);
    // Its watchdog is one of them.
    expect(children).toHaveLength(3);
    expect(children).toEqual(expect.arrayContaining(Object.values(await servicePids(dataDir))));
    killed.child.kill('SIGKILL');
    await killed.ended;
    await until(() => !children.some(isRunning), soon);

    const belfry = await start(dataDir, { BELFRY_API_KEY: 'a-key-of-my-own-choice' });
    const restartedMs = Date.now();
    // Dispatched before it was killed, and on time although the wake-ups for it are gone.
    await until(
      () =>
        target.requests.some(({ atMs, headers }) => {
          const scheduledMs = Date.parse(String(headers['x-belfry-scheduled-at']));
          return scheduledMs > restartedMs && atMs - scheduledMs < 2_000;
        }),
      soon,
    );
    await until(async () => (await successes(belfry, id)).length > before.length, soon);
    expect(await successes(belfry, id)).toEqual(expect.arrayContaining(before));
    expect(await stop(belfry)).toBe(0);
  });

  test('the local run says what it is, which part failed and which part it waits for', async () => {
    const dataDir = await makeDataDir();
    const key = 'a-key-of-my-own-choice';
    const belfry = await start(dataDir, { BELFRY_API_KEY: key, BELFRY_ALLOWED_NETWORKS: '127.0.0.1' });
    expect(await readFile(join(dataDir, 'belfry.log'), 'utf8')).toBe('');
    const banner = belfry.stdout();
    expect(banner).not.toContain(key);
    expect(banner).toContain('-H "X-API-Key: $BELFRY_API_KEY"');
    expect(banner).toContain('jobs may call public addresses and 127.0.0.1, on the ports 1-65535');
    // The address that it shows works for its owner without a password.
    const url = /^ {2}database +(postgresql:\S+)$/m.exec(banner)?.[1] ?? '';
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('select name from api_keys');
    await client.end();
    expect(rows).toHaveLength(1);

    const post = async (api: string, name: string) =>
      job.parse(
        await belfry.call('POST', '/api/v1/jobs', {
          name,
          schedule: new Date(Date.now() + 500).toISOString(),
          api,
          maxRetryCount: 0,
        }),
      ).id;
    const failing = await post('http://127.0.0.1:9/?token=canary', 'failing');
    const failed = await until(async () => {
      const lines = (await readFile(join(dataDir, 'belfry.log'), 'utf8')).split('\n');
      return lines.find((line) => line.includes('execution_failed'));
    }, soon);
    expect(JSON.parse(failed)).toMatchObject({
      level: 'WARN',
      message: 'execution_failed',
      jobId: failing,
      executionId: expect.any(Number),
      status: 'FAILED',
      errorMessage: expect.stringContaining('ECONNREFUSED'),
    });
    expect(failed).not.toContain('canary');

    let isOut = false;
    const silent = createServer(() => (isOut = true));
    const port = await listen(silent);
    atEnd(() => closeServer(silent));
    const waiting = await post(`http://127.0.0.1:${port}/slow?token=canary`, 'slow');
    await until(() => isOut, soon);
    belfry.child.kill('SIGINT');
    // npm passes on the signal that the terminal has already sent: the same press.
    belfry.child.kill('SIGINT');
    await until(() => belfry.stdout().includes('s for open requests'), soon);
    expect(belfry.stdout()).toMatch(
      new RegExp(`job ${waiting} \\(slow\\): http://127\\.0\\.0\\.1:${port}/slow\\?…, open for \\d+ s`),
    );
    expect(belfry.stdout()).not.toContain('canary');
    expect(belfry.stdout()).not.toContain('by force');
    // Another press, once it can be told from the first.
    await until(() => {
      belfry.child.kill('SIGINT');
      return belfry.stdout().includes('Stopped by force.');
    }, soon);
    expect(await belfry.ended).toBe(1);
  });

  test('the local run starts no service that the user already runs', async () => {
    const database = await createBelfryDatabase();
    atEnd(database.drop);
    const redis = await createTestRedis();
    atEnd(redis.close);
    const dataDir = await makeDataDir();
    const theirs = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AWS_ENDPOINT_URL_SQS: inject('sqsUrl'),
    };
    const belfry = await start(dataDir, theirs);
    expect(await servicePids(dataDir)).toEqual({});
    const target = await openTarget();
    await belfry.call('POST', '/api/v1/jobs', { schedule: '@every 1s', isRecurring: false, api: target.url });
    await until(() => target.requests.length === 1, soon);
    expect(await stop(belfry)).toBe(0);
    // Its queue already exists the second time.
    expect(await stop(await start(dataDir, theirs))).toBe(0);
    expect(await redis.redis.ping()).toBe('PONG');
  });
});
