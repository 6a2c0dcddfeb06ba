import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { AskedJob, AskedRun } from '../journal/types.ts';
import { makeRandom } from '../random.ts';
import { isOk, isRefused, type Client, type Response } from './client.ts';

/** The share of jobs that are run by hand, and the share of these runs that are cancelled soon after. The others are repeated. */
const SHARE_RUN = 0.3;
const SHARE_CANCELLED = 0.5;
const LONGEST_WAIT_MS = 15_000;
const LONGEST_UNTIL_CANCEL_MS = 1_500;
const UNTIL_REPEATED_MS = 4_000;

const createdExecution = z.object({ id: z.int() });

/**
 * Runs some of the jobs by hand, as the seed determines, and then cancels or repeats the run. Each request is sent once: one
 * without an answer may have made an execution.
 */
export async function runByHand(options: {
  seed: number;
  asked: AskedJob;
  client: Client;
  signal: AbortSignal;
  note: (run: AskedRun) => void;
}): Promise<void> {
  const { seed, asked, client, signal, note } = options;
  if (asked.answer.kind !== 'acknowledged') return;
  const random = makeRandom(seed, `run of job ${asked.number}`);
  if (random.next() >= SHARE_RUN) return;
  const wait = (ms: number): Promise<boolean> => sleep(ms, true, { signal }).catch(() => false);
  const post = async (path: string, originId: number | undefined): Promise<AskedRun> => {
    const run: AskedRun = { job: asked.number, originId, answer: { kind: 'unknown' }, cancel: undefined };
    note(run);
    run.answer = toAnswer(await client('POST', path));
    return run;
  };
  if (!(await wait(random.int(0, LONGEST_WAIT_MS)))) return;
  const run = await post(`/api/v1/jobs/${asked.answer.id}/run`, undefined);
  if (run.answer.kind !== 'acknowledged') return;
  const { id } = run.answer;
  if (random.next() < SHARE_CANCELLED) {
    if (!(await wait(random.int(0, LONGEST_UNTIL_CANCEL_MS)))) return;
    run.cancel = { sentMs: Date.now(), ackMs: undefined };
    const response = await client('POST', `/api/v1/executions/${id}/cancel`);
    if (isOk(response)) run.cancel = { ...run.cancel, ackMs: response.atMs };
  } else if (await wait(UNTIL_REPEATED_MS)) {
    await post(`/api/v1/executions/${id}/retry`, id);
  }
}

function toAnswer(response: Response): AskedRun['answer'] {
  if (isOk(response)) {
    return { kind: 'acknowledged', atMs: response.atMs, id: createdExecution.parse(response.body).id };
  }
  return isRefused(response) ? { kind: 'refused' } : { kind: 'unknown' };
}
