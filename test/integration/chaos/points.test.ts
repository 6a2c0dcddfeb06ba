import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { makeInstrumentedProcesses } from '../../chaos/environment/instrumented-processes.ts';
import type { Environment } from '../../../local/environments/environment.ts';
import {
  database,
  pointsDir,
  redis,
  ROOT,
  setUpEnvironments,
  start,
  wakeUps,
} from './environments-fixture.ts';

/** Environments that die at named points, with a function that writes to a real PostgreSQL, Redis and SQS. */

let processes: ReturnType<typeof makeInstrumentedProcesses>;
let last = 0;

setUpEnvironments();
beforeAll(async () => {
  await database.pool.query('create table written (id integer primary key, is_changed boolean)');
});
beforeEach(() => {
  processes = makeInstrumentedProcesses({ name: 'writing', role: 'worker', pointsDir, root: ROOT });
});

const startWriting = (): Promise<Environment> =>
  start({
    functionName: 'writing',
    entry: new URL('writing-function.ts', import.meta.url),
    env: { QUEUE_URL: wakeUps.queueUrl, SQS_URL: new URL(wakeUps.queueUrl).origin, TAG: redis.tag },
    timeoutMs: 15_000,
    memoryMb: 256,
    startHost: processes.startHost,
  });

const arm = (point: string): void => writeFileSync(join(pointsDir, 'armed', point), '');
const list = (folder: string): string[] => readdirSync(join(pointsDir, folder)).sort();

/** The state that an invocation left, whether it was killed or not. */
async function traces(id: number) {
  const { rows } = await database.pool.query<{ isChanged: boolean | null }>(
    'select is_changed as "isChanged" from written where id = $1',
    [id],
  );
  return { row: rows[0], isQueued: (await redis.redis.exists(`{${redis.tag}}:payload:${id}`)) === 1 };
}

async function countMessages(): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: wakeUps.queueUrl, AttributeNames: ['All'] });
  return Number((await wakeUps.client.send(command)).Attributes?.['ApproximateNumberOfMessages']);
}

test('each write has two failpoints, and a read has none', async () => {
  const environment = await startWriting();
  await environment.invoke({ id: ++last });
  expect(list('reached')).toEqual(
    [
      'postgresql write_one',
      'postgresql update written.is_changed',
      'postgresql commit',
      'redis enqueue',
      'sqs SendMessage',
    ]
      .flatMap((write) => [`worker ${write} after`, `worker ${write} before`])
      .sort(),
  );
});

const nothing = { row: undefined, isQueued: false };
const inserted = { row: { isChanged: null }, isQueued: false };
const changed = { row: { isChanged: true }, isQueued: false };
const queued = { row: { isChanged: true }, isQueued: true };

test.each([
  ['postgresql write_one before', nothing],
  ['postgresql write_one after', inserted],
  ['postgresql update written.is_changed after', inserted],
  ['postgresql commit before', inserted],
  ['postgresql commit after', changed],
  ['redis enqueue before', changed],
  ['redis enqueue after', queued],
  ['sqs SendMessage before', queued],
])('a process that dies at %s has done everything before it, and nothing else', async (name, left) => {
  const sent = await countMessages();
  const environment = await startWriting();
  arm(`worker ${name}`);
  const id = ++last;
  await expect(environment.invoke({ id })).rejects.toThrow('SIGKILL');
  expect(await traces(id)).toEqual(left);
  expect(await countMessages()).toBe(sent);
  expect([list('armed'), list('hit').length]).toEqual([[], 1]);
});

test('a message stays in the queue when its sender died after sending it', async () => {
  const sent = await countMessages();
  const environment = await startWriting();
  arm('worker sqs SendMessage after');
  await expect(environment.invoke({ id: ++last })).rejects.toThrow('SIGKILL');
  expect(await countMessages()).toBe(sent + 1);
});

test('one of two invocations that reach an armed failpoint dies', async () => {
  const both = await Promise.all([startWriting(), startWriting()]);
  arm('worker postgresql write_one before');
  const ends = await Promise.allSettled(both.map((environment) => environment.invoke({ id: ++last })));
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the clock of one environment can be stepped, during its run or from its start', async () => {
  const said = z.object({ nowMs: z.number() });
  const offsetOf = async (environment: Environment): Promise<number> =>
    // Without the sign of a zero.
    Math.round((said.parse(await environment.invoke({ id: ++last })).nowMs - Date.now()) / 1_000) + 0;
  const environment = await startWriting();
  processes.live()[0]?.stepClock(30_000);
  expect(await offsetOf(environment)).toBe(30);
  processes.live()[0]?.stepClock(0);
  expect(await offsetOf(environment)).toBe(0);
  processes.startWith(-30_000);
  expect(await offsetOf(await startWriting())).toBe(-30);
});
