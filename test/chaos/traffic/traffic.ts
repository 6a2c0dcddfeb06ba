import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { AskedAdministration, AskedJob, AskedOperation, AskedRun, StopKind } from '../journal/types.ts';
import { isOk, isRefused, sendAgain, type Client, type Response } from './client.ts';
import { administer } from './administer.ts';
import { runOperation } from './operations.ts';
import { planRequest, type PlannedJob, type PlannedRequest } from './plan.ts';
import { runByHand } from './runs.ts';
import type { Targets } from './targets.ts';

export type Traffic = {
  jobs: readonly AskedJob[];
  runs: readonly AskedRun[];
  operations: readonly AskedOperation[];
  administration: AskedAdministration;
  /** Sends no further jobs, and resolves when every stop that was already started has been answered or given up. */
  end: () => Promise<void>;
};

/** Concurrent callers: a caller that waits for an unavailable API must not delay the others. */
const CALLERS = 4;
const REPEATED_EVERY = 3;
const STOP_AGAIN_MS = 250;
const STOP_GIVEN_UP_MS = 60_000;

/** Posts jobs and stops some of them, without pause, as the seed determines. */
export function startTraffic(options: { seed: number; client: Client; targets: Targets }): Traffic {
  const { seed, client, targets } = options;
  const jobs: AskedJob[] = [];
  const runs: AskedRun[] = [];
  const operations: AskedOperation[] = [];
  const administration: AskedAdministration = { signingKeys: [], apiKeys: [], redrives: [] };
  const ending = new AbortController();
  const stopping = new Set<Promise<void>>();
  let requests = 0;

  const stopLater = (planned: PlannedJob, asked: AskedJob, dueMs: number): void => {
    const { stop } = planned;
    if (stop === undefined) return;
    const work = stopJob({ stop, asked, dueMs, client, targets, signal: ending.signal }).finally(() =>
      stopping.delete(work),
    );
    stopping.add(work);
  };

  const runLater = (asked: AskedJob): void => {
    const note = (run: AskedRun): void => void runs.push(run);
    const work = runByHand({ seed, asked, client, signal: ending.signal, note }).finally(() =>
      stopping.delete(work),
    );
    stopping.add(work);
  };

  const post = async (request: PlannedRequest): Promise<void> => {
    const nowMs = Date.now();
    const asked = request.jobs.map((planned): AskedJob => {
      const { when, stop: _, ...traits } = planned;
      targets.expect(traits.number, traits.behaviour);
      return {
        ...traits,
        isRecurring: when.kind === 'recurring',
        request: request.number,
        schedule: scheduleOf(planned, nowMs),
        answer: { kind: 'unknown' },
        stop: undefined,
      };
    });
    jobs.push(...asked);
    const bodies = asked.map((job) => toBody(job, targets));
    const response = await sendAgain(() => create(client, request, bodies));
    noteAnswers(asked, request.isBatch, response);
    // The stored answer, or the same job: another id would be a job that is missing, or one that exists twice.
    if (isOk(response) && request.number % REPEATED_EVERY === 0) {
      const again = await create(client, request, bodies);
      if (isOk(again)) noteAnswers(asked, request.isBatch, again);
    }
    for (const [index, planned] of request.jobs.entries()) {
      const job = asked[index];
      if (job?.answer.kind !== 'acknowledged') continue;
      stopLater(planned, job, job.answer.firstMs);
      runLater(job);
    }
  };

  const call = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const request = planRequest(seed, requests++);
      await post(request);
      await sleep(request.pauseMs * CALLERS, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const operate = async (): Promise<void> => {
    for (let number = 0; !ending.signal.aborted; number += 1) {
      const pauseMs = await runOperation({
        seed,
        number,
        client,
        url: targets.quietUrl,
        note: (operation) => void operations.push(operation),
      });
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const administerAll = async (): Promise<void> => {
    for (let number = 0; !ending.signal.aborted; number += 1) {
      const pauseMs = await administer({ seed, number, client, asked: administration });
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const calling = [...Array.from({ length: CALLERS }, call), operate(), administerAll()];

  return {
    jobs,
    runs,
    operations,
    administration,
    end: async () => {
      ending.abort();
      await Promise.all(calling);
      await Promise.all(stopping);
    },
  };
}

/** A job that nothing stops is put by its key. All others are posted with an `Idempotency-Key`. */
function create(client: Client, request: PlannedRequest, bodies: object[]): Promise<Response> {
  const [job] = request.jobs;
  const headers = { 'idempotency-key': `"request-${request.number}"` };
  if (request.isBatch) return client('POST', '/api/v1/jobs/batch', { jobs: bodies }, headers);
  return job?.stop === undefined
    ? client('PUT', `/api/v1/jobs/by-key/chaos%2F${request.number}`, bodies[0])
    : client('POST', '/api/v1/jobs', bodies[0], headers);
}

function scheduleOf({ when }: PlannedJob, nowMs: number): string {
  return when.kind === 'once' ? new Date(nowMs + when.inMs).toISOString() : when.schedule;
}

function toBody(asked: AskedJob, targets: Targets) {
  const { number, name, type, maxRetryCount, retry, maxAgeSeconds, timeoutMs, bodyLength, schedule } = asked;
  return {
    name,
    type,
    maxRetryCount,
    retry,
    maxAgeSeconds,
    timeoutMs,
    schedule,
    api: targets.url(number, 1),
    body: { job: number, filling: 'x'.repeat(bodyLength) },
    pauseAfterFailures: asked.pauseAfterFailures,
    ...(asked.reports.failures && { onFailure: targets.reportUrl(number) }),
    ...(asked.reports.recoveries && { onRecovery: targets.reportUrl(number) }),
    ...(asked.isTemporary && { deleteFinishedAfterDays: 0 }),
  };
}

const createdJob = z.object({ id: z.int(), nextExecutionTime: z.iso.datetime().nullable() });
const createdJobs = z.object({ items: z.array(createdJob) });

function noteAnswers(asked: readonly AskedJob[], isBatch: boolean, response: Response): void {
  if (isOk(response)) {
    const created = isBatch ? createdJobs.parse(response.body).items : [createdJob.parse(response.body)];
    for (const [index, job] of asked.entries()) {
      const { id, nextExecutionTime } = created[index] ?? { id: NaN, nextExecutionTime: null };
      // A one-time job has no next time once it is dispatched.
      const firstMs = Date.parse(job.isRecurring ? (nextExecutionTime ?? '') : job.schedule);
      job.answer = { kind: 'acknowledged', atMs: response.atMs, id, firstMs };
    }
  } else if (isRefused(response)) {
    for (const job of asked) job.answer = { kind: 'refused', status: response.status ?? 0 };
  }
}

type StopOptions = {
  stop: NonNullable<PlannedJob['stop']>;
  asked: AskedJob;
  dueMs: number;
  client: Client;
  targets: Targets;
  signal: AbortSignal;
};

/** Repeats the stop until it is acknowledged: the API also acknowledges a stop that already took effect. */
async function stopJob({ stop, asked, dueMs, client, targets, signal }: StopOptions): Promise<void> {
  if (asked.answer.kind !== 'acknowledged') return;
  const { id } = asked.answer;
  const atMs = 'leadMs' in stop ? dueMs - stop.leadMs : asked.answer.atMs + stop.afterMs;
  const isDue = await sleep(Math.max(0, atMs - Date.now()), true, { signal }).catch(() => false);
  if (!isDue) return;
  const sentMs = Date.now();
  const noted = { kind: stop.kind, sentMs, ackMs: undefined };
  asked.stop = noted;
  const path = `/api/v1/jobs/${id}`;
  while (Date.now() < sentMs + STOP_GIVEN_UP_MS) {
    const response = await send(client, stop.kind, path, targets.url(asked.number, 2));
    if (isOk(response) || (stop.kind === 'delete' && response.status === 404)) {
      asked.stop = { ...noted, ackMs: response.atMs };
      return;
    }
    await sleep(STOP_AGAIN_MS);
  }
}

function send(client: Client, kind: StopKind, path: string, url: string): Promise<Response> {
  switch (kind) {
    case 'pause':
      return client('PATCH', path, { isActive: false });
    case 'change':
      return client('PATCH', path, { api: url });
    case 'delete':
      return client('DELETE', path);
  }
}
