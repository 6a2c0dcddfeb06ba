import { exactly, type Verdict } from '../support/verdict.ts';
import type { Closing } from './closing.ts';
import { tooOld } from './old-history.ts';

/** Keys that may stay: the daily sets and counters (two of each around midnight), the rate limit, the window of wake-ups. */
const MAY_STAY: Readonly<Record<string, number>> = {
  completed: 2,
  'completed-count': 2,
  failed: 2,
  'failed-count': 2,
  rate: 1,
  'fan-out': 1,
};

/** Checks that no execution was lost and that nothing was left behind. */
export function judgeClosing(closing: Closing, now: Date): Verdict[] {
  const { recorded, log, keys, queue } = closing;
  return [
    exactly('all work was done in time (1) or not (0)', closing.isQuiet ? 1 : 0, 1, ''),
    ...closing.audits.map((code, index) =>
      exactly(`audit ${index === 0 ? 'during the load' : 'after the load'}: exit code`, code, 0, ''),
    ),
    exactly(
      'executions at the target; allowed: executions in PostgreSQL',
      log.executions,
      recorded.executions,
      '',
    ),
    exactly('requests at the target; allowed: attempts in PostgreSQL', log.requests, recorded.attempts, ''),
    exactly('Redis keys left behind', countStray(keys.kinds), 0, ''),
    exactly('Redis keys that never expire', keys.lasting, 0, ''),
    exactly('wake-ups in the dead-letter queue', queue.deadLetters, 0, ''),
    exactly('partitions older than the retention', tooOld(closing.partitions, now).length, 0, ''),
    exactly(
      'Redis connections at the end, one for each environment',
      closing.redisClients,
      closing.environments,
      '',
    ),
    exactly('PostgreSQL connections after the environments ended', closing.leftSessions, 0, ''),
    exactly('Redis connections after the environments ended', closing.leftRedisClients, 0, ''),
  ];
}

/** Counts keys of kinds that may not stay, and keys of a kind beyond its allowed number. */
export function countStray(kinds: Readonly<Record<string, number>>): number {
  return Object.entries(kinds).reduce(
    (stray, [kind, count]) => stray + Math.max(0, count - (MAY_STAY[kind] ?? 0)),
    0,
  );
}
