import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import { Client, type QueryResultRow } from 'pg';
import * as z from 'zod';
import { afterEach, describe, expect, test } from 'vitest';
import { type DataDir, LocalRunError, openDataDir } from '../../local/data-dir.ts';
import { noteChild, processIdentity } from '../../local/services/orphans.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';
import { localSqsClient, startSqs } from '../../local/services/sqs.ts';
import { createTestDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/waiting.ts';
import { createTestRedis } from '../support/redis.ts';
import { createTestQueue } from '../support/sqs.ts';

const report = () => {};
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function makeDirectory(prefix = 'belfry-services-'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function open(directory: string): Promise<DataDir> {
  const dataDir = await openDataDir(directory);
  cleanups.push(dataDir.close);
  return dataDir;
}

async function start<S extends { stop: () => Promise<void> }>(starting: Promise<S>): Promise<S> {
  const service = await starting;
  cleanups.push(service.stop);
  return service;
}

/** Starts another Belfry, with only its data directory and services; resolves when it has started. */
async function startHolder(directory: string, ...args: string[]) {
  const script = fileURLToPath(new URL('../support/hold-data-dir.ts', import.meta.url));
  const holder: ChildProcess = spawn(process.execPath, [script, directory, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = async () => {
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  };
  cleanups.push(kill);
  const [line] = await once(holder.stdout!, 'data');
  return { pid: holder.pid, servicePids: z.array(z.int()).parse(JSON.parse(String(line))), kill };
}

async function query<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  redis.on('error', () => {});
  return use(redis).finally(() => redis.disconnect());
}

/** The running processes that this process has started. */
function childPids(): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, name] = line.trim().split(/\s+/);
    return Number(parent) === process.pid && name !== 'ps' ? [Number(pid)] : [];
  });
}

const isRunning = (pid: number) => processIdentity(pid) !== undefined;

describe('the data directory', () => {
  test('a data directory has one holder in a process', async () => {
    const directory = await makeDirectory();
    const first = await open(directory);
    await expect(openDataDir(directory)).rejects.toThrow(LocalRunError);
    await first.close();
    await open(directory);
  });

  test('a data directory has one holder among processes, and a refusal names the holder', async () => {
    const directory = await makeDirectory();
    const { pid } = await startHolder(directory);
    await expect(openDataDir(directory)).rejects.toThrow(
      `is in use by process ${pid}; stop it, or set BELFRY_DATA_DIR`,
    );
  });

  test('a data directory is free once its holder was killed', async () => {
    const directory = await makeDirectory();
    const holder = await startHolder(directory);
    await holder.kill();
    await open(directory);
  });

  test('the services of a killed holder end at once, and keep their data', async () => {
    const directory = await makeDirectory();
    const holder = await startHolder(directory, 'with-services');
    const path = `${directory}/sockets`;
    await query(
      `postgresql://belfry@localhost:5432/belfry?host=${path}/postgres`,
      'create table kept (n int)',
    );
    await withRedis(`redis://localhost?path=${path}/redis.sock`, (redis) => redis.set('kept', 'yes'));
    await holder.kill();
    await until(() => !holder.servicePids.some(isRunning), { timeoutMs: 15_000, everyMs: 20 });
    // PostgreSQL was shut down, not killed: it left no pid file behind.
    expect(await readdir(join(directory, 'postgres'))).not.toContain('postmaster.pid');

    const dataDir = await open(directory);
    const postgres = await start(startPostgres({ dataDir, report }));
    const redis = await start(startRedis({ dataDir, report }));
    expect(await query(postgres.url, 'select count(*)::int as count from kept')).toEqual([{ count: 0 }]);
    expect(await withRedis(redis.url, (redis) => redis.get('kept'))).toBe('yes');
  });

  test('the services that an earlier holder left running are stopped', async () => {
    const directory = await makeDirectory();
    const orphan = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    cleanups.push(async () => void orphan.kill('SIGKILL'));
    noteChild(directory, 'sleep', { pid: orphan.pid!, stopSignals: ['SIGTERM'] });
    await open(directory);
    expect(orphan.signalCode ?? isRunning(orphan.pid!)).not.toBe(true);
    expect(await readdir(join(directory, 'children'))).toEqual([]);
  });

  test('closing a data directory leaves no process behind', async () => {
    const directory = await makeDirectory();
    const before = childPids();
    const dataDir = await open(directory);
    const [watchdog] = childPids().filter((pid) => !before.includes(pid));
    expect(watchdog).toBeDefined();
    await dataDir.close();
    expect(isRunning(watchdog!)).toBe(false);
  });

  test('the path of a data directory may be too long for sockets', async () => {
    const dataDir = await open(join(await makeDirectory(), 'x'.repeat(100)));
    const redis = await start(startRedis({ dataDir, report }));
    const postgres = await start(startPostgres({ dataDir, report, durable: false }));
    expect(await withRedis(redis.url, (redis) => redis.ping())).toBe('PONG');
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await redis.stop();
    await postgres.stop();
    await dataDir.close();
    await expect(readdir(dataDir.socketDir)).rejects.toThrow('ENOENT');
  });

  test('the path of a data directory may contain spaces and symbols', async () => {
    const dataDir = await open(await makeDirectory('belfry 100%é?#&-'));
    const redis = await start(startRedis({ dataDir, report }));
    const postgres = await start(startPostgres({ dataDir, report, durable: false }));
    expect(await withRedis(redis.url, (redis) => redis.ping())).toBe('PONG');
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect([new URL(redis.url).protocol, new URL(postgres.url).protocol]).toEqual(['redis:', 'postgresql:']);
  });
});

describe('the PostgreSQL service', () => {
  test('PostgreSQL keeps its data after a kill, which is reported, and after a stop, which is not', async () => {
    const dataDir = await open(await makeDirectory());
    const killed = await start(startPostgres({ dataDir, report }));
    await query(killed.url, 'create table kept as select 42 as n');
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toBe(
      `PostgreSQL ended unexpectedly by SIGKILL; its log is ${join(dataDir.path, 'postgres.log')}`,
    );

    const stopped = await start(startPostgres({ dataDir, report }));
    expect(await query(stopped.url, 'select n from kept')).toEqual([{ n: 42 }]);
    const backends = await query<{ pid: number }>(stopped.url, 'select pid from pg_stat_activity');
    await stopped.stop();
    const pids = [stopped.pid, ...backends.map((row) => row.pid)];
    expect(pids.filter(isRunning)).toEqual([]);

    const again = await start(startPostgres({ dataDir, report }));
    expect(await query(again.url, 'select n from kept')).toEqual([{ n: 42 }]);
    const silence = Promise.race([stopped.exited, Promise.resolve('silent')]);
    expect(await silence).toBe('silent');
  });

  test('PostgreSQL says in one line why it does not start', async () => {
    const dataDir = await open(await makeDirectory());
    await (await startPostgres({ dataDir, report, durable: false })).stop();
    await writeFile(join(dataDir.path, 'postgres', 'PG_VERSION'), '9\n');
    const failure = startPostgres({ dataDir, report });
    await expect(failure).rejects.toThrow(LocalRunError);
    await expect(failure).rejects.toThrow(/^PostgreSQL did not start: .*FATAL.*version 9.*postgres\.log\)$/);
  });

  test('PostgreSQL is safe by default: commits reach the disk', async () => {
    const dataDir = await open(await makeDirectory());
    const { url } = await start(startPostgres({ dataDir, report }));
    const settings = `select string_agg(name || '=' || setting, ' ' order by name) as settings from pg_settings
                       where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections', 'jit')`;
    expect(await query(url, settings)).toEqual([
      { settings: 'fsync=on full_page_writes=on jit=off max_connections=200 synchronous_commit=on' },
    ]);
  });
});

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

describe('the SQS service', () => {
  test('SQS creates the given queues, and frees its port when it stops', async () => {
    const deadLetter = { name: 'dead', maxReceiveCount: 5 };
    const queue = { name: 'wake-ups', visibilityTimeoutSeconds: 200, deadLetter };
    const sqs = await start(startSqs({ queues: [queue] }));
    expect(sqs.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(sqs.queueUrls).toSorted()).toEqual(['dead', 'wake-ups']);
    const client = localSqsClient(sqs.url);
    const QueueUrl = sqs.queueUrls['wake-ups'];
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '200' });
    expect(JSON.parse(Attributes!['RedrivePolicy']!)).toMatchObject({ maxReceiveCount: 5 });
    client.destroy();
    await sqs.stop();
    await expect(fetch(sqs.url)).rejects.toThrow('fetch failed');
  });

  test('SQS holds a delayed message back, and forgets a deleted one', async () => {
    const { client, queueUrl: QueueUrl, close } = await createTestQueue();
    cleanups.push(close);
    const sentAt = performance.now();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', DelaySeconds: 1 }));
    const received = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(999);
    expect(received.Messages?.map((message) => message.Body)).toEqual(['hello']);
    const { ReceiptHandle } = received.Messages![0]!;
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const AttributeNames = [
      'ApproximateNumberOfMessages' as const,
      'ApproximateNumberOfMessagesNotVisible' as const,
    ];
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    expect(Object.values(Attributes!)).toEqual(['0', '0']);
  });

  test('SQS moves a message that was received too often to the dead-letter queue', async () => {
    const queue = await createTestQueue({ visibilityTimeoutSeconds: 0, maxReceiveCount: 2 });
    cleanups.push(queue.close);
    const { client, queueUrl: QueueUrl } = queue;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
    const dead = await until(async () => {
      await client.send(new ReceiveMessageCommand({ QueueUrl }));
      const { Messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queue.deadLetterQueueUrl }),
      );
      return Messages;
    });
    expect(dead?.map((message) => message.Body)).toEqual(['poison']);
  });
});

describe('resources that each test file has for itself', () => {
  test('each test file has its own database, cloned from one that was migrated once', async () => {
    let migrations = 0;
    const migrate = async (url: string) => {
      migrations++;
      await query(url, 'create table if not exists things (n int)');
    };
    const [one, other] = await Promise.all([
      createTestDatabase({ template: 'empty_template', migrate }),
      createTestDatabase({ template: 'empty_template', migrate }),
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
