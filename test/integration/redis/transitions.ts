import * as fc from 'fast-check';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { Queue, QueueEntry } from '../../../lib/redis/queue.ts';
import type { QueueOutcome } from '../../../lib/redis/settle.ts';
import { entry, NOON_MS, readState } from './fixture.ts';
import { makeModel } from './model.ts';

// In any order of the transitions, Redis and a plain model agree on every reply and on the place of every id, and no id
// that is still needed is lost or in two places.

const worker = fc.constantFrom('a', 'b', 'c');
const dueInMs = fc.integer({ min: -500, max: 3_000 });
const leaseMs = fc.integer({ min: 1, max: 3_000 });
const limit = fc.integer({ min: 1, max: 6 });
/** Picks from a list of any length. */
const pick = fc.nat(20);
const picks = fc.array(pick, { maxLength: 6 });
const ending = fc.record({
  pick,
  status: fc.constantFrom('SUCCESS', 'FAILED', 'DROPPED', 'RETRYING'),
  dueInMs,
});

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue'),
      fresh: fc.array(
        fc.record({ dueInMs, queue: fc.constantFrom<QueueEntry['queue'][]>('scheduled', 'retry') }),
        { maxLength: 8 },
      ),
      again: picks,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('take'),
      worker,
      aheadMs: fc.integer({ min: -10, max: 2_000 }),
      limit,
      /** The part of the limit that may be taken ahead. */
      aheadShare: fc.constantFrom(0, 0.5, 1, 2),
      leaseMs,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle'),
      worker,
      held: fc.array(ending, { maxLength: 6 }),
      others: fc.array(ending, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('release'), worker, held: picks, others: picks, dueInMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance'), byMs: fc.integer({ min: -50, max: 2_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('heartbeat'), worker, leaseMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retire'), worker }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reclaim'), limit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), picks }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose') }) },
);

/** An empty queue, and a connection to the server that holds its keys. */
export type OpenedQueue = { queue: Queue; redis: Redis; tag: string };

/** Runs the operations on Redis and on the model. */
function makePlay({ queue, redis, tag }: OpenedQueue) {
  const model = makeModel();
  /** The executions that PostgreSQL would still run. */
  const wanted = new Map<number, QueueEntry>();
  let nowMs = NOON_MS;
  let nextId = 1;

  const chooseFrom = (ids: readonly number[], picks: readonly number[]) => [
    ...new Set(picks.filter((pick) => pick < ids.length).map((pick) => ids[pick]!)),
  ];
  const anyIds = (picks: readonly number[]) => chooseFrom([...wanted.keys()], picks);

  async function play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'enqueue': {
        const fresh = step.fresh.map(({ dueInMs, queue }) => entry(nextId++, nowMs + dueInMs, queue));
        const again = anyIds(step.again).map((id) => wanted.get(id)!);
        for (const one of fresh) wanted.set(one.id, one);
        const entries = [...again, ...fresh];
        expect(await queue.enqueue(entries, { nowMs })).toBe(model.enqueue(entries, nowMs));
        return;
      }
      case 'take': {
        const { worker: workerId, limit, leaseMs } = step;
        const aheadLimit = Math.floor(limit * step.aheadShare);
        const request = { workerId, nowMs, horizonMs: nowMs + step.aheadMs, limit, aheadLimit, leaseMs };
        const heldBack = { version: '', origins: [] };
        expect(await queue.take(request)).toEqual({ ...model.take(request), heldBack });
        return;
      }
      case 'settle': {
        const toOutcomes = (ids: readonly number[], endings: typeof step.held): QueueOutcome[] => {
          const byPick = new Map(endings.map((ending) => [ids[ending.pick], ending]));
          return ids.flatMap((id): QueueOutcome[] => {
            const ending = byPick.get(id);
            if (ending === undefined) return [];
            return ending.status === 'RETRYING'
              ? [{ id, status: ending.status, dueAt: new Date(nowMs + ending.dueInMs) }]
              : [{ id, status: ending.status }];
          });
        };
        const held = toOutcomes(model.heldBy(step.worker), step.held);
        // Outcomes that arrive late: already reported, or of executions that were released since.
        const late = toOutcomes([...wanted.keys()], step.others).filter(
          ({ id }) => !held.some((one) => one.id === id),
        );
        const outcomes = [...held, ...late];
        const request = { workerId: step.worker, nowMs, outcomes };
        const dropped = model
          .heldBy(step.worker)
          .filter((id) => outcomes.some((one) => one.id === id && one.status === 'DROPPED'));
        expect(await queue.settle(request)).toBe(model.settle(step.worker, outcomes));
        for (const id of dropped) wanted.delete(id);
        for (const { id, status } of outcomes) {
          if (status === 'SUCCESS' || status === 'FAILED') wanted.delete(id);
        }
        return;
      }
      case 'release': {
        const ids = [
          ...new Set([...chooseFrom(model.heldBy(step.worker), step.held), ...anyIds(step.others)]),
        ];
        const entries = ids.map((id, index) => ({ id, dueMs: nowMs + step.dueInMs * (index % 2) }));
        const expected = model.release(step.worker, entries);
        expect(await queue.release({ workerId: step.worker, entries })).toBe(expected);
        return;
      }
      case 'advance':
        nowMs += step.byMs;
        return;
      case 'heartbeat':
        await queue.heartbeat({ workerId: step.worker, nowMs, leaseMs: step.leaseMs });
        model.heartbeat(step.worker, nowMs, step.leaseMs);
        return;
      case 'retire':
        expect(await queue.retire(step.worker)).toBe(model.retire(step.worker));
        return;
      case 'reclaim':
        expect(await queue.reclaim({ nowMs, limit: step.limit })).toBe(model.reclaim(nowMs, step.limit));
        return;
      case 'remove': {
        const ids = anyIds(step.picks);
        expect(await queue.remove(ids)).toBe(model.remove(ids));
        for (const id of ids) wanted.delete(id);
        return;
      }
      case 'lose': {
        await redis.flushdb();
        model.lose();
        // The next tick.
        const absent = await queue.findAbsent([...wanted.keys()]);
        expect(absent).toEqual([...wanted.keys()]);
        const entries = absent.map((id) => wanted.get(id)!);
        expect(await queue.enqueue(entries, { nowMs })).toBe(model.enqueue(entries, nowMs));
        return;
      }
    }
  }

  async function check(): Promise<void> {
    const state = await readState(redis, tag);
    expect(state).toEqual(model.state());
    const { completed, failed } = await queue.stats(nowMs);
    expect({ completed, failed }).toEqual(model.ended());

    const places = [
      ...state.ready,
      ...[state.scheduled, state.retry].flatMap((place) => Object.keys(place).map(Number)),
      ...Object.values(state.processing).flat(),
    ];
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(expect.arrayContaining([...wanted.keys()]));
    expect(state.known).toEqual([...wanted.keys()].toSorted((a, b) => a - b));
    expect(Object.keys(state.processing).every((workerId) => workerId in state.workers)).toBe(true);
  }

  return { play, check, clear: () => redis.flushdb() };
}

type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Compares a queue with the model. */
export async function checkTransitions(
  open: () => OpenedQueue | Promise<OpenedQueue>,
  { numRuns }: { numRuns: number },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 50, size: 'max' }), async (steps) => {
      const { play, check, clear } = makePlay(await open());
      for (const step of steps) {
        await play(step);
        await check();
      }
      await clear();
    }),
    { numRuns },
  );
}
