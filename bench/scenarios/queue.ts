import type { Redis } from 'ioredis';
import type { Scenario } from '../support/figures.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { repeat, seconds } from '../../test/support/stats.ts';
import { measureWaitingBytes, WAITING } from '../support/waiting-bytes.ts';

const JOBS = 100_000;
const ENQUEUED_AT_ONCE = 1_000;
/** The same size as in a worker. */
const TAKEN_AT_ONCE = 100;
const PIPELINED = 1_000;

export const queue: Scenario = {
  name: 'queue',
  title: 'transitions of the queue: each job is enqueued, taken and settled',
  run: async (bench) => {
    const stage = await bench.services.openStage('queue');
    try {
      const { repetitions } = bench.options;
      const phases: Phases[] = [];
      await repeat(1, () => runThrough(stage.redis).then(({ all }) => all));
      for (let i = 0; i < repetitions; i++) phases.push(await runThrough(stage.redis));
      const n = JOBS.toLocaleString('en-US');
      const all = (JOBS * 3).toLocaleString('en-US');
      const rates = (pick: (phase: Phases) => number, transitions: number) =>
        phases.map((phase) => transitions / pick(phase));
      bench.figure(
        'all three together',
        'transitions/s',
        all,
        rates((phase) => phase.all, JOBS * 3),
        {
          atLeast: 100_000,
        },
      );
      const pushes = await repeat(repetitions, () => pushPipelined(stage.redis));
      bench.limit('Redis alone: LPUSH of 300 bytes, 1,000 a pipeline', 'commands/s', n, pushes);
      bench.figure(
        'enqueued, by 1,000',
        'transitions/s',
        n,
        rates((phase) => phase.enqueue, JOBS),
      );
      bench.figure(
        'taken with their payloads, by 100',
        'transitions/s',
        n,
        rates((phase) => phase.take, JOBS),
      );
      bench.figure(
        'settled, by 100',
        'transitions/s',
        n,
        rates((phase) => phase.settle, JOBS),
      );
      for (const [name, request] of [
        ['Redis memory of a waiting execution, with its request', 'small'],
        ['Redis memory of a waiting execution, its large request in PostgreSQL', 'large'],
      ] as const) {
        const sizes = await repeat(repetitions, () => measureWaitingBytes(stage.redis, request));
        bench.figure(name, 'bytes', WAITING.toLocaleString('en-US'), sizes, { atMost: 1_000 });
      }
    } finally {
      await stage.close();
    }
  },
};

type Phases = { enqueue: number; take: number; settle: number; all: number };

const PAYLOAD = JSON.stringify({ jobId: 1, url: 'http://127.0.0.1/', body: 'x'.repeat(250) });

/** Returns the seconds of each phase, with one connection and one call at a time. */
async function runThrough(redis: Redis): Promise<Phases> {
  await redis.flushall();
  const queue = makeQueue(redis);
  const workerId = crypto.randomUUID();
  const nowMs = Date.now();
  const enqueue = await seconds(async () => {
    for (let first = 0; first < JOBS; first += ENQUEUED_AT_ONCE) {
      const entries = Array.from({ length: ENQUEUED_AT_ONCE }, (_, place) => ({
        id: first + place + 1,
        dueMs: nowMs + 1_000,
        payload: PAYLOAD,
        queue: 'scheduled' as const,
      }));
      await queue.enqueue(entries, { nowMs });
    }
  });
  let take = 0;
  let settle = 0;
  for (let done = 0; done < JOBS; done += TAKEN_AT_ONCE) {
    const startedMs = performance.now();
    const laterMs = nowMs + 2_000;
    const { taken } = await queue.take({
      workerId,
      nowMs: laterMs,
      horizonMs: laterMs,
      limit: TAKEN_AT_ONCE,
      leaseMs: 60_000,
    });
    const takenMs = performance.now();
    const outcomes = taken.map(({ id }) => ({ id, status: 'SUCCESS' as const }));
    const settled = await queue.settle({ workerId, nowMs: laterMs, outcomes });
    if (settled !== TAKEN_AT_ONCE) throw new Error(`${settled} of ${TAKEN_AT_ONCE} were settled`);
    take += (takenMs - startedMs) / 1_000;
    settle += (performance.now() - takenMs) / 1_000;
  }
  return { enqueue, take, settle, all: enqueue + take + settle };
}

async function pushPipelined(redis: Redis): Promise<number> {
  await redis.flushall();
  const taken = await seconds(async () => {
    for (let done = 0; done < JOBS; done += PIPELINED) {
      const pipeline = redis.pipeline();
      for (let i = 0; i < PIPELINED; i++) pipeline.lpush('bench', PAYLOAD);
      await pipeline.exec();
    }
  });
  return JOBS / taken;
}
