import { describe, expect, test } from 'vitest';
import type { Closing } from '../../../load/soak/closing.ts';
import { countStray, judgeClosing } from '../../../load/soak/judge-closing.ts';
import { judgeMemory } from '../../../load/soak/judge-memory.ts';
import { tooOld } from '../../../load/soak/old-history.ts';
import type { Sample } from '../../../load/soak/sample.ts';

const MB = 1_048_576;
const NOW = new Date('2030-03-04T10:00:00Z');

const empty: Sample = {
  atMinutes: 0,
  environments: [],
  redis: { keys: 0, payloads: 0, usedBytes: 0, clients: {} },
  open: 0,
  sessions: { byEnvironment: {}, idleInTransaction: 0 },
  tables: [],
  queue: { wakeUps: 0, handedOut: 0, delayed: 0, deadLetters: 0 },
};

/** Half an hour; `worker-2` leaks this much a minute. */
const halfAnHour = (leakedMbPerMinute: number): Sample[] =>
  Array.from({ length: 360 }, (_, index) => {
    const atMinutes = index / 12;
    const liveBytes = (40 + Math.sin(index)) * MB;
    const leaked = atMinutes * leakedMbPerMinute * MB;
    return {
      ...empty,
      atMinutes,
      environments: [
        { name: 'worker-1', liveBytes, rssBytes: 100 * MB, sockets: undefined },
        { name: 'worker-2', liveBytes: liveBytes + leaked, rssBytes: 100 * MB + leaked, sockets: undefined },
      ],
    };
  });

const broken = (verdicts: { what: string; isKept: boolean }[]): string[] =>
  verdicts.filter(({ isKept }) => !isKept).map(({ what }) => what);

describe('memory', () => {
  test('memory is flat when nothing leaks', () => {
    const verdicts = judgeMemory(halfAnHour(0), { isLong: true });
    expect(verdicts).toHaveLength(6);
    expect(broken(verdicts)).toEqual([]);
  });

  test('the report names the environment that leaks memory', () => {
    expect(broken(judgeMemory(halfAnHour(1.5), { isLong: true }))).toEqual([
      expect.stringMatching(/^worker-2: live heap/),
    ]);
    expect(broken(judgeMemory(halfAnHour(3), { isLong: true }))).toHaveLength(2);
    expect(broken(judgeMemory(halfAnHour(20), { isLong: false }))).toEqual([
      expect.stringMatching(/^worker-2: live heap/),
      expect.stringMatching(/^worker-2: highest resident memory/),
    ]);
  });

  test('memory is not judged as flat when there are too few samples', () => {
    expect(broken(judgeMemory(halfAnHour(0).slice(0, 5), { isLong: true }))).toHaveLength(4);
  });
});

describe('the end', () => {
  const clean: Closing = {
    isQuiet: true,
    audits: [0, 0],
    recorded: { executions: 90, attempts: 100 },
    log: { requests: 100, executions: 90, latestMs: 5 },
    keys: { kinds: { completed: 1, 'completed-count': 1, rate: 1 }, lasting: 0 },
    queue: { wakeUps: 0, handedOut: 3, delayed: 7, deadLetters: 0 },
    partitions: ['job_executions_p20300303', 'job_executions_p20300304'],
    redisClients: 7,
    environments: 7,
    leftSessions: 0,
    leftRedisClients: 0,
  };

  test('a clean end of a soak has no violation', () => {
    expect(broken(judgeClosing(clean, NOW))).toEqual([]);
  });

  test.each<[string, Partial<Closing>]>([
    ['work that did not end', { isQuiet: false }],
    ['an audit that found something', { audits: [1, 0] }],
    ['an audit that did not finish', { audits: [0, 2] }],
    ['an execution that never left', { recorded: { executions: 91, attempts: 100 } }],
    ['a request too many', { log: { requests: 101, executions: 90, latestMs: 5 } }],
    ['a payload left behind', { keys: { kinds: { payload: 1 }, lasting: 0 } }],
    ['a key that never expires', { keys: { kinds: {}, lasting: 1 } }],
    ['a wake-up that failed', { queue: { wakeUps: 0, handedOut: 0, delayed: 0, deadLetters: 1 } }],
    ['a day that should have gone', { partitions: ['job_executions_p20300228'] }],
    ['a connection too many', { redisClients: 8 }],
    ['a connection of an environment that has ended', { leftSessions: 1 }],
    ['the same of Redis', { leftRedisClients: 1 }],
  ])('the soak check finds %s', (_, damage) => {
    expect(broken(judgeClosing({ ...clean, ...damage }, NOW))).toHaveLength(1);
  });

  test('keys that expire may stay, as many as two days have', () => {
    expect(countStray({ completed: 2, 'failed-count': 2, 'fan-out': 1 })).toBe(0);
    expect(countStray({ completed: 3, scheduled: 1, processing: 4 })).toBe(6);
  });

  test('a day that ended a moment ago may stay', () => {
    const days = ['job_executions_p20300301', 'job_executions_p20300302', 'job_executions_p20300303'];
    expect(tooOld(days, NOW)).toEqual(['job_executions_p20300301']);
  });
});
