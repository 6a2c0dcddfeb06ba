import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openDataDir } from '../../local/data-dir/data-dir.ts';
import { until } from '../support/waiting.ts';
import { type RunningBelfry, startLocalRun } from '../support/local-process.ts';

let dataDir: string;
let belfry: RunningBelfry;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'belfry-api-keys-'));
  belfry = await startLocalRun(dataDir);
}, 90_000);
afterAll(async () => {
  belfry.child.kill('SIGINT');
  await belfry.ended;
  await (await openDataDir(dataDir)).close();
  await rm(dataDir, { recursive: true, force: true });
});

const ask = (method: string, path: string, key: string, json?: unknown) =>
  fetch(`${belfry.address}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });

const madeKey = z.object({ id: z.int(), key: z.string() });
const keyList = z.object({
  items: z.array(
    z.object({ id: z.int(), lastUsedAt: z.string().nullable(), revokedAt: z.string().nullable() }),
  ),
});

async function make(asked: object): Promise<z.infer<typeof madeKey>> {
  const response = await ask('POST', '/api/v1/keys', belfry.apiKey, asked);
  expect(response.status).toBe(201);
  return madeKey.parse(await response.json());
}

async function find(id: number) {
  const response = await ask('GET', '/api/v1/keys', belfry.apiKey);
  return keyList.parse(await response.json()).items.find((key) => key.id === id);
}

const readCalendar = (token: string) =>
  fetch(`${belfry.address}/calendar.ics?token=${encodeURIComponent(token)}`);

describe('an API key of a running Belfry', { timeout: 60_000 }, () => {
  test('a key with the scope calendar shows names and times in an address, until it is revoked', async () => {
    const described = {
      name: 'Börse, öffnen',
      schedule: '0 7 * * *',
      api: 'https://example.com/secret-path',
      headers: { Authorization: 'Bearer canary' },
    };
    expect((await ask('POST', '/api/v1/jobs', belfry.apiKey, described)).status).toBe(201);
    const { id, key } = await make({ name: 'calendar', scopes: ['calendar'] });
    const text = await (await readCalendar(key)).text();
    const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
    expect(new Set(events.map((event) => new ICAL.Event(event).summary))).toEqual(new Set(['Börse, öffnen']));
    expect(events).toHaveLength(30);
    expect(text).not.toMatch(/example|secret|canary/);
    expect((await readCalendar(belfry.apiKey)).status).toBe(403);
    expect((await ask('GET', '/api/v1/jobs', key)).status).toBe(403);
    expect((await find(id))?.lastUsedAt).not.toBeNull();

    expect((await ask('DELETE', `/api/v1/keys/${id}`, belfry.apiKey)).status).toBe(204);
    await until(async () => (await readCalendar(key)).status === 401, { timeoutMs: 20_000, everyMs: 250 });
  });

  test('an API key works, reports its last use, and is refused seconds after it was revoked', async () => {
    const { id, key } = await make({ name: 'passing', scopes: ['read'] });
    expect((await ask('GET', '/api/v1/jobs', key)).status).toBe(200);
    expect((await find(id))?.lastUsedAt).not.toBeNull();
    expect((await ask('DELETE', `/api/v1/keys/${id}`, belfry.apiKey)).status).toBe(204);
    const revokedMs = performance.now();
    const isRefused = async () => (await ask('GET', '/api/v1/jobs', key)).status === 401;
    await until(isRefused, { timeoutMs: 10_000, everyMs: 100 });
    // 5 s during which an environment remembers it, and some more for a busy machine.
    expect(performance.now() - revokedMs).toBeLessThan(8_000);
    expect((await find(id))?.revokedAt).not.toBeNull();
  });

  test('an API key over its rate limit gets 429, no other key does, and it works again after Retry-After', async () => {
    const { key } = await make({ name: 'slow', scopes: ['read'], rateLimitPerSecond: 1 });
    // On a busy machine, an environment may get no answer from Redis within 100 ms, and then serves without the header.
    const statuses = new Set<number>();
    const isCounted = async () => {
      const { status, headers } = await ask('GET', '/api/v1/jobs', belfry.apiKey);
      statuses.add(status);
      return /^"key";r=\d+/.test(headers.get('ratelimit') ?? '');
    };
    await until(isCounted, { everyMs: 100 });
    const responses = await Promise.all(Array.from({ length: 8 }, () => ask('GET', '/api/v1/jobs', key)));
    const refused = responses.filter(({ status }) => status === 429);
    // The burst of two, and the requests that one more second allows.
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(responses.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"key";q=2;w=2');
    expect(refused[0]?.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d$/);
    await until(isCounted, { everyMs: 100 });
    expect([...statuses]).toEqual([200]);
    const waitMs = Number(refused[0]?.headers.get('retry-after')) * 1_000;
    const isServed = async () => (await ask('GET', '/api/v1/jobs', key)).status === 200;
    await until(isServed, { timeoutMs: waitMs + 3_000, everyMs: 200 });
  });
});
