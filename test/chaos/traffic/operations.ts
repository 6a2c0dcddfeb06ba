import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { AskedOperation } from '../journal/types.ts';
import { makeRandom } from '../random.ts';
import { isOk, sendAgain, type Client, type Response } from './client.ts';

/** The group of the jobs that operations change. No other traffic touches them, and their schedule is far ahead. */
export const BULK_GROUP = 'chaos bulk';

const DUE_IN_MS = 86_400_000;
const SPREAD_SECONDS = 300;
const SHARE_ABORTED = 0.3;

const createdJobs = z.object({ items: z.array(z.object({ id: z.int() })) });
const dryRunAnswer = z.object({ matched: z.object({ count: z.int() }), token: z.string() });
const startedOperation = z.object({ id: z.int() });

/**
 * Makes jobs with a tag of their own, and changes them by an operation, as the seed determines: dry run, start and sometimes an
 * abort. Each request is sent again, with the same key, until its effect is known. Returns the time until the next operation.
 */
export async function runOperation(options: {
  seed: number;
  number: number;
  client: Client;
  url: string;
  note: (operation: AskedOperation) => void;
}): Promise<number> {
  const { seed, number, client, url, note } = options;
  const random = makeRandom(seed, `operation ${number}`);
  const action = random.pick(['pause', 'resume', 'delete', 'tag', 'run', 'spread'] as const);
  const ratePerSecond = random.pick([30, 100, 1_000]);
  const tag = `bulk-${number}`;
  const isAbortAsked = random.next() < SHARE_ABORTED;
  const abortAfterMs = random.int(0, 1_500);
  const pauseMs = random.int(2_000, 6_000);
  const post = (path: string, body: object | undefined, key: string): Promise<Response> =>
    sendAgain(() => client('POST', path, body, { 'idempotency-key': `"${tag} ${key}"` }));

  const schedule =
    action === 'spread' ? fullHourAhead(Date.now()) : new Date(Date.now() + DUE_IN_MS).toISOString();
  const isActive = action !== 'resume';
  const job = { name: tag, group: BULK_GROUP, tags: [tag], schedule, api: url, maxRetryCount: 3, isActive };
  const jobs = Array.from({ length: random.int(100, 500) }, () => job);
  const created = await post('/api/v1/jobs/batch', { jobs }, 'jobs');
  if (!isOk(created)) return pauseMs;
  const jobIds = createdJobs.parse(created.body).items.map(({ id }) => id);

  const asked = {
    action,
    filter: { tag },
    ratePerSecond,
    ...(action === 'tag' && { addTags: [doneTag(tag)] }),
    ...(action === 'spread' && { spread: { withinSeconds: SPREAD_SECONDS } }),
  };
  const dryRun = await post('/api/v1/operations', { ...asked, dryRun: true }, 'dry run');
  if (!isOk(dryRun)) return pauseMs;
  const { matched, token } = dryRunAnswer.parse(dryRun.body);
  const operation: AskedOperation = {
    tag,
    action,
    jobIds,
    matched: matched.count,
    id: undefined,
    isAbortAsked,
  };
  note(operation);
  const started = await post('/api/v1/operations', { ...asked, token }, 'start');
  if (!isOk(started)) return pauseMs;
  operation.id = startedOperation.parse(started.body).id;
  if (isAbortAsked) {
    await sleep(abortAfterMs);
    await post(`/api/v1/operations/${operation.id}/abort`, undefined, 'abort');
  }
  return pauseMs;
}

/** A cron at a full hour that is twelve hours ahead, each day. */
const fullHourAhead = (nowMs: number): string => `0 ${(new Date(nowMs).getUTCHours() + 12) % 24} * * *`;

/** Tells whether a schedule is one of `fullHourAhead` with another time in the first five minutes of the hour. */
export const isSpread = (schedule: string): boolean =>
  /^(?:[1-9]|[1-5]\d) [0-4] \d{1,2} \* \* \*$/.test(schedule);

/** The tag that the action `tag` adds. */
export const doneTag = (tag: string): string => `${tag} done`;
