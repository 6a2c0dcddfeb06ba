import { makeListCancels, makeRequestCancel } from './cancels.ts';
import { makeEnqueue } from './enqueue.ts';
import { reachRedis } from './errors.ts';
import { makeHoldBack, makeListHeldBack } from './hold-back.ts';
import { makeKeys } from './keys.ts';
import { makeFindWaiting } from './find-waiting.ts';
import { makeFindAbsent, makeRemove } from './known.ts';
import { makeFindPayloads } from './payloads.ts';
import { makeRelease } from './release.ts';
import type { RedisConnection } from './script.ts';
import { makeSettle } from './settle.ts';
import { makeOverdue, makeStats } from './stats.ts';
import { makeTake } from './take.ts';
import { makeHeartbeat, makeListInHand, makeReclaim, makeRetire, makeRetireRange } from './workers.ts';

/**
 * Makes the operations on the fast queue. PostgreSQL is the truth: the queue may be lost at any time, and `findAbsent` and
 * `enqueue` rebuild it. An execution waits in ready, scheduled or retry, or one worker holds it. Each call moves executions
 * atomically. The caller passes every instant and duration, as an integer of milliseconds.
 *
 * `maxFinished` limits the sets of completed and failed ids of a day; the counts in `stats` stay exact.
 */
export function makeQueue(
  redis: RedisConnection,
  { tag = 'belfry', maxFinished = 100_000 }: { tag?: string; maxFinished?: number } = {},
) {
  const keys = makeKeys(tag);
  return {
    enqueue: makeEnqueue(redis, keys),
    take: makeTake(redis, keys),
    settle: makeSettle(redis, keys, { maxFinished }),
    release: makeRelease(redis, keys),
    holdBack: makeHoldBack(redis, keys),
    listHeldBack: makeListHeldBack(redis, keys),
    listInHand: makeListInHand(redis, keys),
    heartbeat: makeHeartbeat(redis, keys),
    retire: makeRetire(redis, keys),
    retireRange: makeRetireRange(redis, keys),
    reclaim: makeReclaim(redis, keys),
    findAbsent: makeFindAbsent(redis, keys),
    findWaiting: makeFindWaiting(redis, keys),
    findPayloads: makeFindPayloads(redis, keys),
    remove: makeRemove(redis, keys),
    requestCancel: makeRequestCancel(redis, keys),
    listCancels: makeListCancels(redis, keys),
    overdue: makeOverdue(redis, keys),
    stats: makeStats(redis, keys),
    /**
     * Checks the server that holds the queue. In a cluster, PING could go to any node.
     *
     * @throws UnavailableError, like all operations of the queue, when Redis cannot be reached or cannot serve.
     */
    ping: async (): Promise<void> => {
      await reachRedis(redis.exists(keys.ready));
    },
  };
}

export type Queue = ReturnType<typeof makeQueue>;
export type { QueueEntry } from './enqueue.ts';
