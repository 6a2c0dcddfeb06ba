import { makeEnqueue } from './enqueue.ts';
import { reachRedis } from './errors.ts';
import { makeKeys } from './keys.ts';
import { makeFindAbsent, makeRemove } from './known.ts';
import { makeRelease } from './release.ts';
import type { RedisConnection } from './script.ts';
import { makeSettle } from './settle.ts';
import { makeOverdue, makeStats } from './stats.ts';
import { makeTake } from './take.ts';
import { makeHeartbeat, makeListInHand, makeReclaim, makeRetire, makeRetireRange } from './workers.ts';

/**
 * The fast queue before PostgreSQL, which is the truth: all of this may be lost at any time, and is rebuilt with
 * `findAbsent` and `enqueue`. An execution waits in ready, scheduled or retry, or is in one worker's hands; each call
 * moves it atomically. Every instant and duration is in whole milliseconds and comes from the caller.
 *
 * `maxFinished` bounds the sets of a day's completed and failed ids; the figures in `stats` stay exact.
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
    listInHand: makeListInHand(redis, keys),
    heartbeat: makeHeartbeat(redis, keys),
    retire: makeRetire(redis, keys),
    retireRange: makeRetireRange(redis, keys),
    reclaim: makeReclaim(redis, keys),
    findAbsent: makeFindAbsent(redis, keys),
    remove: makeRemove(redis, keys),
    overdue: makeOverdue(redis, keys),
    stats: makeStats(redis, keys),
    /**
     * Asks the server that holds the queue; of a cluster, PING would reach any.
     *
     * @throws UnavailableError, as all of these do, when Redis cannot be reached or cannot serve.
     */
    ping: async (): Promise<void> => {
      await reachRedis(redis.exists(keys.ready));
    },
  };
}

export type Queue = ReturnType<typeof makeQueue>;
export type { QueueEntry } from './enqueue.ts';
