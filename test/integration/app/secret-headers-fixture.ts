import { afterEach, beforeEach, expect } from 'vitest';
import { composeApi } from '../../../functions/compose/api.ts';
import { makeTestApi } from '../../support/api-harness.ts';
import { compose, createBelfry, type Belfry } from '../../support/belfry.ts';
import { dumpDatabase, dumpRedis } from '../../support/canary.ts';
import { startTarget, type Target } from '../../support/target.ts';
import { makeTestLog } from '../../support/test-log.ts';

export const DUE = '2030-03-04T10:00:05.000Z';
/** Part of every secret of these tests; it must appear only where the secret is meant to be. */
export const CANARY = 'canary-3f9c';
const TIMEOUT_MS = 180_000;

export let belfry: Belfry;
export let target: Target;
let logs: unknown[];
let answers: string[];
let api: ReturnType<typeof makeTestApi>;
let composed: ReturnType<typeof compose>;

/** A Belfry with its API and a target, for each test of the file that calls it. */
export function setUpSecretHeaders(): void {
  beforeEach(async () => {
    belfry = await createBelfry('2030-03-04T10:00:00.000Z');
    target = await startTarget();
    const log = makeTestLog();
    const parts = { ...belfry.parts, logger: log.logger };
    composed = compose(parts);
    // Uses the keys of the API of the tests.
    const { findApiKey: _, ...served } = composeApi(parts);
    api = makeTestApi(served);
    logs = log.logs;
    answers = [];
  });
  afterEach(async () => {
    await target.close();
    await belfry.close();
  });
}

/** Calls the API, and checks every response against the OpenAPI document. */
export async function call(method: string, path: string, json?: object) {
  const reply = await api.call(method, path, json === undefined ? {} : { json });
  answers.push(reply.text);
  return reply;
}

/** Sends a string to the API as a job, and returns the status. */
export async function postText(body: string): Promise<number> {
  const reply = await api.call('POST', '/api/v1/jobs', { body });
  answers.push(reply.text);
  return reply.status;
}

/** Creates a job that is due at 10:00:05, through the API. */
export async function post(job: object): Promise<number> {
  const reply = await call('POST', '/api/v1/jobs', {
    schedule: DUE,
    api: `${target.url}/hook`,
    method: 'GET',
    ...job,
  });
  expect(reply.status, reply.text).toBe(201);
  return Number(reply.json.id);
}

export const work = () => composed.runWorker(belfry.inMs(TIMEOUT_MS));

export const tick = () => composed.runTick(belfry.inMs(50_000));

/** The headers of a job as PostgreSQL stores them. */
export async function storedHeaders(id: number): Promise<Record<string, unknown>> {
  const { rows } = await belfry.parts.pool.query<{ headers: Record<string, unknown> }>(
    'select headers from jobs where id = $1',
    [id],
  );
  return rows[0]?.headers ?? {};
}

export const sealedBy = (keyId: string) => ({ $secret: expect.stringMatching(`^v2:${keyId}:[\\w-]+$`) });

/** The places where the canary has arrived, in every store that outlives a request. */
export async function findCanary(): Promise<string[]> {
  const places = {
    database: await dumpDatabase(belfry.parts.pool),
    redis: await dumpRedis(belfry.redis),
    logs: JSON.stringify(logs),
    answers: answers.join('\n'),
  };
  return Object.entries(places).flatMap(([place, text]) => (text.includes(CANARY) ? [place] : []));
}

export const dump = {
  redis: () => dumpRedis(belfry.redis),
  logs: () => JSON.stringify(logs),
};
