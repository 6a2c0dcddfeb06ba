import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { AskedAdministration } from '../journal/types.ts';
import { makeRandom, type Random } from '../random.ts';
import { isOk, sendAgain, type Client, type Response } from './client.ts';

/** The group of the jobs whose failures are repeated. No other traffic touches them, and their schedule is far ahead. */
export const REDRIVE_GROUP = 'chaos redrive';
/** Nothing listens there, so each request fails at once. */
const FAILING = 'http://127.0.0.1:9';
const DUE_IN_MS = 86_400_000;
const LOOKS_FOR_FAILURES = 20;
const LOOK_EVERY_MS = 1_000;

const created = z.object({ id: z.int() });
const createdJobs = z.object({ items: z.array(created) });
const failures = z.object({ items: z.array(z.object({ id: z.int(), path: z.string() })) });

type Options = { seed: number; number: number; client: Client; asked: AskedAdministration };
type Post = (path: string, body: object | undefined, key: string) => Promise<Response>;

/**
 * Creates and revokes keys, or repeats and marks a group of failures, as the seed determines. Each request is sent again, with the
 * same key, until its effect is known. Returns the time until the next round.
 */
export async function administer({ seed, number, client, asked }: Options): Promise<number> {
  const random = makeRandom(seed, `administration ${number}`);
  const post: Post = (path, body, key) =>
    sendAgain(() => client('POST', path, body, { 'idempotency-key': `"administration-${number} ${key}"` }));
  if (number % 2 === 0) await redrive({ number, random, client, post, asked });
  else await changeKeys({ number, random, client, post, asked });
  return random.int(1_000, 4_000);
}

type Round = { number: number; random: Random; client: Client; post: Post; asked: AskedAdministration };

async function changeKeys({ number, random, client, post, asked }: Round): Promise<void> {
  const overlapSeconds = random.pick([0, 0, 600]);
  const signing = await post('/api/v1/signing-keys', { overlapSeconds }, 'signing key');
  if (isOk(signing)) {
    const key = { id: created.parse(signing.body).id, isRevoked: false };
    asked.signingKeys.push(key);
    // Refused if it is the only key that signs.
    key.isRevoked = isOk(await client('DELETE', `/api/v1/signing-keys/${key.id}`));
  }
  const name = `chaos ${number}`;
  const other = await post('/api/v1/keys', { name, scopes: ['read'] }, 'API key');
  if (!isOk(other)) return;
  const key = { id: created.parse(other.body).id, isRevoked: false };
  asked.apiKeys.push(key);
  key.isRevoked = isOk(await client('DELETE', `/api/v1/keys/${key.id}`));
}

async function redrive({ number, random, client, post, asked }: Round): Promise<void> {
  const path = `/redrive/${lettersOf(number)}`;
  const schedule = new Date(Date.now() + DUE_IN_MS).toISOString();
  const job = { name: path, group: REDRIVE_GROUP, schedule, api: FAILING + path, maxRetryCount: 0 };
  const jobs = Array.from({ length: random.int(2, 8) }, () => job);
  const stored = await post('/api/v1/jobs/batch', { jobs }, 'jobs');
  if (!isOk(stored)) return;
  const jobIds = createdJobs.parse(stored.body).items.map(({ id }) => id);
  await Promise.all(jobIds.map((id) => post(`/api/v1/jobs/${id}/run`, undefined, `run ${id}`)));
  const group = await findGroup(client, path);
  if (group === undefined) return;
  const round = { jobIds, operationIds: new Array<number>() };
  asked.redrives.push(round);
  const ratePerSecond = random.pick([2, 1_000]);
  const mark = random.pick(['resolve', 'reopen'] as const);
  // Two at once repeat each execution once.
  const [one, two] = await Promise.all([
    post(`/api/v1/failures/${group}/redrive`, { ratePerSecond }, 'redrive'),
    post(`/api/v1/failures/${group}/redrive`, { ratePerSecond }, 'another redrive'),
    post(`/api/v1/failures/${group}/${mark}`, undefined, mark),
  ]);
  for (const started of [one, two])
    if (isOk(started)) round.operationIds.push(created.parse(started.body).id);
  const [first] = round.operationIds;
  if (first !== undefined && random.next() < 0.3)
    await post(`/api/v1/operations/${first}/abort`, undefined, 'abort');
}

/** Waits until a tick has grouped the failures. Undefined if that takes too long. */
async function findGroup(client: Client, path: string): Promise<number | undefined> {
  for (let look = 0; look < LOOKS_FOR_FAILURES; look += 1) {
    await sleep(LOOK_EVERY_MS);
    const listed = await client('GET', '/api/v1/failures?limit=100');
    if (!isOk(listed)) continue;
    const found = failures.parse(listed.body).items.find((group) => group.path === path);
    if (found !== undefined) return found.id;
  }
  return undefined;
}

/** Digits would be replaced in the path of the group. */
const lettersOf = (number: number): string =>
  String(number).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
