import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import { hashApiKey } from '../../../lib/app/api-key.ts';
import { putApiKey } from '../../../lib/db/api-keys.ts';
import { routes } from '../../../lib/topology.ts';
import { compose } from '../../support/belfry.ts';
import { startTarget, type Target } from '../../support/target.ts';
import { createApi } from './idempotency-fixture.ts';

const READER = 'the key of a reader';
const SECRET_HEADER = 'Bearer canary-of-the-secret-header';
const SECRET_ANSWER = 'canary-of-the-cookie';

let api: Awaited<ReturnType<typeof createApi>>;
let target: Target;
let secrets: string[];

/** One of everything: a job with a secret, a failure with its answer, an operation, and a report. */
beforeAll(async () => {
  api = await createApi();
  target = await startTarget();
  await putApiKey(
    api.pool,
    { name: 'reader', keyHash: hashApiKey(READER), scopes: ['read'] },
    api.clock.now(),
  );
  target.answerWith({ status: 500, headers: { 'set-cookie': `session=${SECRET_ANSWER}` } });
  const json = {
    key: 'nightly',
    schedule: '2030-03-04T10:00:05Z',
    api: target.url,
    maxRetryCount: 0,
    headers: { Authorization: SECRET_HEADER },
  };
  const created = await api.call('POST', '/api/v1/jobs', { json });
  expect(created.status).toBe(201);
  await api.clock.advanceTo('2030-03-04T10:00:05Z');
  await compose(api.parts).runWorker(api.inMs(60_000));
  await compose(api.parts).runTick(api.inMs(30_000));
  const pause = { action: 'pause', filter: { all: true } };
  const { json: dryRun } = await api.call('POST', '/api/v1/operations', { json: { ...pause, dryRun: true } });
  const started = await api.call('POST', '/api/v1/operations', { json: { ...pause, ...tokenOf(dryRun) } });
  expect(started.status).toBe(202);
  expect(target.requests[0]?.headers['authorization']).toBe(SECRET_HEADER);
  const signing = await makeReadSigningSecret(api.parts)(1);
  secrets = [
    SECRET_HEADER,
    SECRET_ANSWER,
    signing,
    signing.replace('whsec_', ''),
    hashApiKey('one').toString('hex'),
  ];
});
afterAll(async () => {
  await target.close();
  await api.close();
});

const tokenOf = (json: unknown): { token: string } => {
  if (typeof json === 'object' && json !== null && 'token' in json) return { token: String(json.token) };
  throw new Error('the dry run has no token');
};

/** Bodies of the requests that a reader may send. The others are refused before their bodies are read. */
const bodies = new Map<string, object>([
  ['POST /api/v1/schedules/preview', { schedule: '@hourly' }],
  ['POST /api/v1/schedules/load', { from: '2030-03-04T10:00:00Z', until: '2030-03-04T11:00:00Z' }],
]);
const queries = new Map<string, Record<string, string>>([['GET /api/v1/jobs/summaries', { ids: '1' }]]);

/** A digest of every row of every table. The last use of an API key is no change. */
async function digests(): Promise<Map<string, string>> {
  const { rows: tables } = await api.pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'api_keys'`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const found = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await api.pool.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as digest from ${name} t`,
    );
    found.set(name, rows[0]!.digest);
  }
  return found;
}

test('a key with the scope read reaches only the routes that it may read, sees no secret, and changes nothing', async () => {
  const before = await digests();
  const wrong: string[] = [];
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    const path = route.path.replace('{id}', '1').replace('{key}', 'nightly');
    const query = queries.get(name);
    const json = bodies.get(name) ?? (route.method === 'GET' ? undefined : {});
    const reply = await api.call(route.method, path, {
      apiKey: READER,
      ...(json !== undefined && { json }),
      ...(query !== undefined && { query }),
    });
    const mayRead = route.scope === 'read' || route.scope === 'any' || route.scope === null;
    const isRight = mayRead ? [200, 404].includes(reply.status) : reply.status === 403;
    if (!isRight) wrong.push(`${name}: ${reply.status} ${reply.text}`);
    for (const secret of secrets)
      if (reply.text.includes(secret) || JSON.stringify(reply.headers).includes(secret))
        wrong.push(`${name} shows a secret`);
  }
  expect(wrong).toEqual([]);
  expect(await digests()).toEqual(before);
});
