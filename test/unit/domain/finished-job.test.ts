import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { decideFate } from '../../../lib/domain/finished-job.ts';

const NOW_MS = Date.parse('2030-06-15T12:00:00Z');
const HOUR_MS = 3_600_000;
const daysAgo = (days: number) => new Date(NOW_MS - days * DAY_MS);

const job = {
  deleteAfterDays: 7,
  nextExecutionTime: null,
  hasOpen: false,
  isFinished: true,
  lastEndedAt: daysAgo(8),
  createdAt: daysAgo(30),
};

describe('the fate of a job that does not recur', () => {
  test.each([
    ['is deleted when its last run ended long enough ago', job, { kind: 'delete' }],
    [
      'is kept until its last run is old enough',
      { ...job, lastEndedAt: daysAgo(2) },
      { kind: 'lookAgain', atMs: NOW_MS + 5 * DAY_MS },
    ],
    [
      'is kept while its occurrence is in the future',
      { ...job, nextExecutionTime: daysAgo(-3) },
      { kind: 'lookAgain', atMs: NOW_MS + 10 * DAY_MS },
    ],
    [
      'is kept while an execution waits or runs',
      { ...job, hasOpen: true },
      { kind: 'lookAgain', atMs: NOW_MS + 7 * DAY_MS },
    ],
    [
      'is kept while it is paused before its run',
      { ...job, isFinished: false },
      { kind: 'lookAgain', atMs: NOW_MS + 7 * DAY_MS },
    ],
    [
      'is looked at again an hour later, not at once, when it is kept for no days',
      { ...job, deleteAfterDays: 0, hasOpen: true },
      { kind: 'lookAgain', atMs: NOW_MS + HOUR_MS },
    ],
    [
      'counts from its creation when its history is gone',
      { ...job, lastEndedAt: null, createdAt: daysAgo(40) },
      { kind: 'delete' },
    ],
  ])('a job %s', (_, given, fate) => {
    expect(decideFate(given, NOW_MS)).toEqual(fate);
  });
});
