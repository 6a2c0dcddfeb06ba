import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { trustAuthorities } from '../../lib/db/address.ts';
import { createPool } from '../../lib/db/pool.ts';
import { makeCallTarget } from '../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../lib/outgoing/target-agent.ts';
import { connectRedis } from '../../lib/redis/client.ts';
import { connectRedisCluster } from '../../lib/redis/cluster-client.ts';
import { makeFetchSecret } from '../../lib/secrets/fetch-secret.ts';
import { makePutSecret } from '../../lib/secrets/put-secret.ts';
import { makeReplaceSecret } from '../../lib/secrets/replace-secret.ts';
import { createSqsClient } from '../../lib/sqs/client.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { makeTickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import { loopbackPolicy, noNames } from '../support/outgoing.ts';
import { startRawTarget, type RawTarget } from '../support/raw-target.ts';

/** Each call that a function makes to a peer that accepts connections and does not answer ends by itself. */

/** Extra time that a busy machine may need. */
const SLACK_MS = 3_000;
const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret key' };

let peer: RawTarget;
let onConnection: (socket: Socket) => void = () => {};
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  peer = await startRawTarget((socket) => onConnection(socket));
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', peer.url);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  onConnection = () => {};
  await peer.close();
  vi.unstubAllEnvs();
});

const region = 'eu-central-1';
const port = (): number => Number(new URL(peer.url).port);

function publish(): Promise<void> {
  const sqs = createSqsClient({ region, endpoint: peer.url });
  const queueUrl = `${peer.url}/1/queue`;
  const publishWakeUps = makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 5_000 });
  return publishWakeUps([{ delaySeconds: 0, count: 200 }]);
}

function tickSchedule() {
  const scheduler = createSchedulerClient({ region, endpoint: peer.url, credentials: CREDENTIALS });
  return makeTickSchedule({ scheduler, scheduleName: 'tick', groupName: 'belfry' });
}

function poolOf(address: Parameters<typeof createPool>[0]) {
  const pool = createPool(address, { max: 1, statementTimeoutMs: 10_000, onError: () => {} });
  cleanUps.push(pool.end);
  return pool;
}

function poolByTls(): ReturnType<typeof poolOf> {
  const login = { get: async () => ({ username: 'app', password: 'password' }), forget: () => {} };
  const tls = trustAuthorities(undefined);
  return poolOf({ host: '127.0.0.1', port: port(), database: 'belfry', login, tls, isProxied: false });
}

function ping(connect: typeof connectRedis | typeof connectRedisCluster, scheme = 'redis'): Promise<unknown> {
  const redis = connect(`${scheme}://127.0.0.1:${port()}`);
  cleanUps.push(() => redis.disconnect());
  return redis.get('{belfry}:key');
}

type Call = { call: string; boundMs: number; make: () => Promise<unknown> };

const awsCalls: Call[] = [
  { call: 'wake-ups to SQS', boundMs: 5_000, make: publish },
  { call: 'a secret that is read', boundMs: 4_500, make: () => makeFetchSecret({ region })('arn') },
  { call: 'a secret that is written', boundMs: 4_500, make: () => makePutSecret({ region })('arn', 'text') },
  {
    call: 'a secret that is replaced',
    boundMs: 4_500,
    make: () => makeReplaceSecret({ region })('arn', 'read', 'text'),
  },
  { call: 'ticks that are turned on', boundMs: 5_000, make: () => tickSchedule().switchOn() },
  { call: 'ticks that are turned off', boundMs: 5_000, make: () => tickSchedule().switchOff() },
  { call: 'a tick that is ordered', boundMs: 5_000, make: () => tickSchedule().tickOnceAt(new Date(0)) },
  { call: 'a tick that is taken back', boundMs: 5_000, make: () => tickSchedule().dropTickAt(new Date(0)) },
];

const otherCalls: Call[] = [
  {
    call: 'a connection to PostgreSQL',
    boundMs: 5_000,
    make: () => poolOf(`postgresql://belfry@127.0.0.1:${port()}/belfry`).query('select 1'),
  },
  { call: 'a connection to PostgreSQL over TLS', boundMs: 5_000, make: () => poolByTls().query('select 1') },
  { call: 'a command to Redis', boundMs: 2_000, make: () => ping(connectRedis) },
  { call: 'a command to Redis over TLS', boundMs: 2_000, make: () => ping(connectRedis, 'rediss') },
  { call: 'a command to a cluster', boundMs: 2_000, make: () => ping(connectRedisCluster) },
  {
    call: 'a command to a cluster over TLS',
    boundMs: 2_000,
    make: () => ping(connectRedisCluster, 'rediss'),
  },
  {
    call: 'a login by token to Redis',
    boundMs: 2_000,
    make: () => {
      const tokenLogin = { user: 'app', createToken: async () => 'token' };
      const redis = connectRedis(`redis://127.0.0.1:${port()}`, { tokenLogin });
      cleanUps.push(() => redis.disconnect());
      return redis.ping();
    },
  },
  {
    call: 'a token for Redis that does not come',
    boundMs: 2_000,
    make: () => {
      const tokenLogin = { user: 'app', createToken: () => new Promise<string>(() => {}) };
      const redis = connectRedis(`redis://127.0.0.1:${port()}`, { tokenLogin });
      cleanUps.push(() => redis.disconnect());
      return redis.ping();
    },
  },
];

/** All calls at the same time: each waits for as long as its bound. */
async function expectEnd(calls: readonly Call[]): Promise<void> {
  const ended = calls.map(async ({ call, boundMs, make }) => {
    const startedMs = performance.now();
    await expect(make(), call).rejects.toThrow();
    expect(performance.now() - startedMs, call).toBeLessThan(boundMs + SLACK_MS);
  });
  await Promise.all(ended);
}

test('a peer that accepts connections and stays silent delays no call for longer than its bound', () =>
  expectEnd([...awsCalls, ...otherCalls]));

test.each(['http', 'https'])(
  'a silent target delays a call by %s for no longer than its timeout',
  async (scheme) => {
    const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
    cleanUps.push(() => agent.destroy());
    const url = `${scheme}://127.0.0.1:${port()}/`;
    const request = {
      url,
      method: 'POST',
      headers: {},
      body: '{}',
      timeoutMs: 1_000,
      isRepeatable: true,
    } as const;
    expect(await makeCallTarget(agent)(request)).toMatchObject({
      kind: 'timedOut',
      timeoutMs: 1_000,
    });
  },
);

test('a PostgreSQL server that goes silent when TLS should begin does not delay a connection', async () => {
  onConnection = (socket) => void socket.once('data', () => socket.write('S'));
  await expectEnd([{ call: 'TLS', boundMs: 5_000, make: () => poolByTls().query('select 1') }]);
});

const BEGUN =
  'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 100000\r\n\r\n{';

test('an answer of AWS that stops midway delays no call for longer than its bound', async () => {
  onConnection = (socket) => void socket.once('data', () => socket.write(BEGUN));
  await expectEnd(awsCalls);
});

test('an answer of AWS that trickles delays no call for longer than its bound', async () => {
  onConnection = (socket) => {
    socket.once('data', () => {
      socket.write(BEGUN);
      const timer = setInterval(() => socket.write(' '), 200);
      socket.once('close', () => clearInterval(timer));
    });
  };
  await expectEnd(awsCalls);
});

test('after the first unanswered one, further wake-ups to a silent SQS are given up at once', async () => {
  const sqs = createSqsClient({ region, endpoint: peer.url });
  const deps = { sqs, queueUrl: `${peer.url}/1/queue`, clock: systemClock, timeoutMs: 1_500 };
  const publishWakeUps = makePublishWakeUps(deps);
  await expect(publishWakeUps([{ delaySeconds: 0, count: 1 }])).rejects.toThrow('SQS');
  const asked = peer.openConnections();
  for (let calls = 0; calls < 100; calls += 1) {
    await expect(publishWakeUps([{ delaySeconds: 0, count: 1 }])).rejects.toThrow('SQS');
  }
  expect(peer.openConnections()).toBeLessThanOrEqual(asked);
});
