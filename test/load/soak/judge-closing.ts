import { exactly, type Verdict } from '../support/verdict.ts';
import type { Closing } from './closing.ts';
import { tooOld } from './old-history.ts';

/** The daily sets with their counters, on either side of midnight; what limits rates; the window of further wake-ups. */
const MAY_STAY: Readonly<Record<string, number>> = {
  completed: 2,
  'completed-count': 2,
  failed: 2,
  'failed-count': 2,
  rate: 1,
  'fan-out': 1,
};

/** Whether nothing is lost, and nothing left behind. */
export function judgeClosing(closing: Closing, now: Date): Verdict[] {
  const { recorded, log, keys, queue } = closing;
  return [
    exactly('all came to its end in time (1) or not (0)', closing.isQuiet ? 1 : 0, 1, ''),
    ...closing.audits.map((code, index) =>
      exactly(
        `the audit ${index === 0 ? 'while all went on' : 'when all was quiet'}: exit code`,
        code,
        0,
        '',
      ),
    ),
    exactly('executions ended that reached the target', log.executions, recorded.executions, ''),
    exactly('requests at the target; allowed: attempts in PostgreSQL', log.requests, recorded.attempts, ''),
    exactly('Redis keys left that should be gone', countStray(keys.kinds), 0, ''),
    exactly('Redis keys left that never expire', keys.lasting, 0, ''),
    exactly('wake-ups in the dead-letter queue', queue.deadLetters, 0, ''),
    exactly('partitions older than the retention', tooOld(closing.partitions, now).length, 0, ''),
    exactly(
      'Redis connections at the end, one for each environment',
      closing.redisClients,
      closing.environments,
      '',
    ),
    exactly('PostgreSQL connections once the environments have ended', closing.leftSessions, 0, ''),
    exactly('Redis connections once the environments have ended', closing.leftRedisClients, 0, ''),
  ];
}

/** Keys of other kinds than may stay, or more of one kind than may. */
export function countStray(kinds: Readonly<Record<string, number>>): number {
  return Object.entries(kinds).reduce(
    (stray, [kind, count]) => stray + Math.max(0, count - (MAY_STAY[kind] ?? 0)),
    0,
  );
}
