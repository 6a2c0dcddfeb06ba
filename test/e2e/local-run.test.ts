import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { openDataDir } from '../../local/data-dir.ts';
import { processIdentity } from '../../local/services/orphans.ts';
import { createBelfryDatabase } from '../support/belfry-database.ts';
import { until } from '../support/waiting.ts';
import { createTestRedis } from '../support/redis.ts';
import {
  type LocalProcess,
  runLocal,
  type RunningBelfry,
  servicePids,
  startLocalRun,
} from '../support/local-process.ts';

const TEST_TIMEOUT_MS = 90_000;
const soon = { timeoutMs: 20_000, everyMs: 50 };

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}, 60_000);

async function makeDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-local-run-'));
  cleanups.push(async () => {
    // Ends the processes that a killed run left behind.
    await (await openDataDir(directory)).close();
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

async function stop(running: LocalProcess): Promise<number | NodeJS.Signals | null> {
  running.child.kill('SIGINT');
  return running.ended;
}

async function start(dataDir: string, env?: Record<string, string>): Promise<RunningBelfry> {
  const belfry = await startLocalRun(dataDir, env);
  cleanups.push(async () => {
    if (belfry.child.exitCode === null && belfry.child.signalCode === null) await stop(belfry);
  });
  return belfry;
}

type Call = { scheduledMs: number; lateMs: number };

/** A target that outlives the Belfry that calls it. */
async function startTarget(): Promise<{ url: string; calls: Call[]; authorizations: unknown[] }> {
  const calls: Call[] = [];
  const authorizations: unknown[] = [];
  const server = createServer((request, response) => {
    const scheduledMs = Date.parse(String(request.headers['x-belfry-scheduled-at']));
    authorizations.push(request.headers.authorization);
    calls.push({ scheduledMs, lateMs: Date.now() - scheduledMs });
    request.resume();
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/`, calls, authorizations };
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

/** The running processes that the given process started. */
function childPids(parentPid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid !== undefined && parent === parentPid ? [pid] : [];
  });
}

const isRunning = (pid: number) => processIdentity(pid) !== undefined;

describe('the local run', { timeout: TEST_TIMEOUT_MS }, () => {
  test('the local run runs the demo, keeps its key, and leaves nothing behind on Ctrl-C', async () => {
    const dataDir = await makeDataDir();
    const belfry = await start(dataDir);
    expect(belfry.stdout()).toContain(`API key   ${belfry.apiKey}`);
    expect(belfry.stdout()).toContain(`curl -s ${belfry.address}/api/v1/jobs `);
    expect((await stat(join(dataDir, 'api-key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'run.json'))).mode & 0o777).toBe(0o600);

    const demo = runLocal('demo/main.ts', { BELFRY_DATA_DIR: dataDir });
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
    const target = await startTarget();
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
    expect(target.authorizations).toContain('canary-51d0');
    expect(await stop(again)).toBe(0);
    for (const output of [first, again]) expect(output.stdout() + output.stderr()).not.toContain('canary');
    expect(await readFile(join(dataDir, 'belfry.log'), 'utf8')).not.toContain('canary');
  });

  test('the local run leaves no process behind after kill -9, and continues where it was', async () => {
    const dataDir = await makeDataDir();
    const target = await startTarget();
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
      () => target.calls.some(({ scheduledMs, lateMs }) => scheduledMs > restartedMs && lateMs < 2_000),
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
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(failed).not.toContain('canary');

    let isOut = false;
    const silent = createServer(() => (isOut = true));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanups.push(async () => {
      silent.closeAllConnections();
      silent.close();
    });
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const waiting = await post(`http://127.0.0.1:${address.port}/slow?token=canary`, 'slow');
    await until(() => isOut, soon);
    belfry.child.kill('SIGINT');
    // npm passes on the signal that the terminal has already sent: the same press.
    belfry.child.kill('SIGINT');
    await until(() => belfry.stdout().includes('s for open requests'), soon);
    expect(belfry.stdout()).toMatch(
      new RegExp(
        `job ${waiting} \\(slow\\): http://127\\.0\\.0\\.1:${address.port}/slow\\?…, open for \\d+ s`,
      ),
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

  test('the local run shows its help for --help, and starts nothing for an unknown option', async () => {
    const dataDir = await makeDataDir();
    const helped = runLocal('main.ts', { BELFRY_DATA_DIR: dataDir }, { args: ['--help'] });
    expect([await helped.ended, helped.stderr()]).toEqual([0, '']);
    expect(helped.stdout()).toContain('BELFRY_ALLOWED_NETWORKS');
    const refused = runLocal('main.ts', { BELFRY_DATA_DIR: dataDir }, { args: ['--port', '1'] });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toMatch(/^belfry: npm start takes no "--port 1": .*--help lists them\n$/);
    expect(refused.stdout()).toBe('');
  });

  test('the local run refuses a directory and a port that are in use, and ends when a service dies', async () => {
    const dataDir = await makeDataDir();
    const belfry = await start(dataDir);

    const sameDirectory = runLocal('main.ts', { PORT: '0', BELFRY_DATA_DIR: dataDir });
    expect(await sameDirectory.ended).toBe(1);
    expect(sameDirectory.stderr()).toBe(
      `belfry: the data directory ${dataDir} is in use by process ${belfry.child.pid}; stop it, or set BELFRY_DATA_DIR\n`,
    );

    const { port } = new URL(belfry.address);
    const samePort = runLocal('main.ts', { PORT: port, BELFRY_DATA_DIR: await makeDataDir() });
    expect(await samePort.ended).toBe(1);
    expect(samePort.stderr()).toBe(
      `belfry: port ${port} is in use; choose another: PORT=${Number(port) + 1} npm start\n`,
    );

    const { redis, postgres } = await servicePids(dataDir);
    process.kill(redis!, 'SIGKILL');
    expect(await belfry.ended).toBe(1);
    expect(belfry.stderr()).toContain('belfry: Redis ended unexpectedly by SIGKILL; its log is');
    expect(isRunning(postgres!)).toBe(false);
  });

  test('the local run starts no service that the user already runs', async () => {
    const database = await createBelfryDatabase();
    cleanups.push(database.drop);
    const redis = await createTestRedis();
    cleanups.push(redis.close);
    const dataDir = await makeDataDir();
    const theirs = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AWS_ENDPOINT_URL_SQS: inject('sqsUrl'),
    };
    const belfry = await start(dataDir, theirs);
    expect(await servicePids(dataDir)).toEqual({});
    const target = await startTarget();
    await belfry.call('POST', '/api/v1/jobs', { schedule: '@every 1s', isRecurring: false, api: target.url });
    await until(() => target.calls.length === 1, soon);
    expect(await stop(belfry)).toBe(0);
    // Its queue already exists the second time.
    expect(await stop(await start(dataDir, theirs))).toBe(0);
    expect(await redis.redis.ping()).toBe('PONG');
  });

  test("the local run starts nothing when the user's services cannot be used, and reports each of them", async () => {
    const dataDir = await makeDataDir();
    const refused = runLocal('main.ts', {
      PORT: '0',
      BELFRY_DATA_DIR: dataDir,
      DATABASE_URL: 'postgresql://u:secret@127.0.0.1:9/x',
      REDIS_URL: 'redis://:secret@127.0.0.1:9',
      AWS_ENDPOINT_URL_SQS: 'http://u:secret@127.0.0.1:9',
    });
    expect(await refused.ended).toBe(1);
    const reason = 'at 127.0.0.1:9 cannot be used: connect ECONNREFUSED 127.0.0.1:9';
    expect(refused.stderr().split('\n')).toEqual([
      `belfry: DATABASE_URL: PostgreSQL ${reason}`,
      `belfry: REDIS_URL: Redis ${reason}`,
      `belfry: AWS_ENDPOINT_URL_SQS: SQS ${reason}`,
      '',
    ]);
    expect(refused.stdout()).toBe('');
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('the local run starts nothing when settings are wrong, and reports each of them', async () => {
    const dataDir = await makeDataDir();
    const refused = runLocal('main.ts', {
      PORT: 'http',
      BELFRY_DATA_DIR: dataDir,
      BELFRY_RETENTION_DAYS: '0',
      DATABASE_URL: 'mysql://secret@x',
    });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr().split('\n')).toEqual([
      'belfry: PORT must be an integer from 0 to 65535',
      'belfry: DATABASE_URL must be a URL that starts with postgresql:// or postgres://',
      'belfry: BELFRY_RETENTION_DAYS must be an integer from 1 to 3650',
      '',
    ]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('the demo reports when there is no Belfry to run against', async () => {
    const demo = runLocal('demo/main.ts', { BELFRY_DATA_DIR: await makeDataDir() });
    expect(await demo.ended).toBe(1);
    expect(demo.stderr()).toMatch(/^belfry: no Belfry is running here; start one with `npm start`.*\n$/);
  });
});
