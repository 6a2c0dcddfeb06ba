import { describe, expect, test } from 'vitest';
import {
  endOf,
  hasTails,
  placeMarks,
  scaleOf,
  whiskerOf,
} from '../../../../../../web/screens/job/timeline/layout.ts';
import {
  describeMark,
  describeMarks,
  jitterSentence,
} from '../../../../../../web/screens/job/timeline/mark-words.ts';
import { collectMarks, type Mark } from '../../../../../../web/screens/job/timeline/marks.ts';

const mark = (atMs: number, changes: Partial<Mark> = {}): Mark => ({
  key: `${atMs}`,
  executionId: atMs,
  atMs,
  state: 'good',
  isScheduled: true,
  status: 'SUCCESS',
  trigger: 'SCHEDULE',
  reason: null,
  latenessMs: null,
  durationMs: null,
  retries: null,
  skipped: null,
  ...changes,
});

describe('the place of a mark', () => {
  test('marks that would cover each other lie below each other, in at most four rows', () => {
    const placed = placeMarks(
      [0, 3, 6, 7, 8, 40].map((atMs) => mark(atMs)),
      (atMs) => atMs,
    );
    expect(placed.map(({ row }) => row)).toEqual([0, 1, 2, 3, 3, 0]);
  });

  test('a whisker grows by the same length with each power of ten, and ends at a limit', () => {
    expect(whiskerOf(null)).toBe(0);
    expect(whiskerOf(0)).toBe(0);
    expect(whiskerOf(1_000) - whiskerOf(100)).toBeCloseTo(whiskerOf(100) - whiskerOf(10));
    expect(whiskerOf(10 ** 12)).toBe(32);
  });

  test('skipped occurrences reach from the first to the last, in a row of their own if a run lies between', () => {
    const skipped = (firstMs: number, atMs: number) =>
      mark(atMs, { state: 'skipped', status: 'SKIPPED', skipped: { count: 9, firstMs } });
    const placed = placeMarks([mark(0), mark(50), skipped(20, 80), mark(100)], (atMs) => atMs);
    expect(placed.map(({ x, row, reach }) => ({ x, row, reach }))).toEqual([
      { x: 0, row: 0, reach: 0 },
      { x: 50, row: 0, reach: 0 },
      { x: 80, row: 1, reach: 60 },
      { x: 100, row: 0, reach: 0 },
    ]);
    // Nothing is drawn before the scale begins.
    expect(placeMarks([skipped(20, 80)], (atMs) => atMs)).toMatchObject([{ x: 80, reach: 0 }]);
  });

  test('a line leads from an execution to its next or last retry, and no mark lies on it', () => {
    const retries = { count: 2, dueMs: 40 };
    const placed = placeMarks([mark(0, { retries }), mark(20), mark(60)], (atMs) => atMs);
    expect(placed.map(({ row, tail }) => ({ row, tail }))).toEqual([
      { row: 0, tail: 40 },
      { row: 1, tail: 0 },
      { row: 0, tail: 0 },
    ]);
  });

  test('a line that would be hidden by its mark is none', () => {
    const marks = [mark(0, { retries: { count: 1, dueMs: 50 } }), mark(10_000)];
    expect(hasTails(marks, 10_000, 1_000)).toBe(false);
    expect(hasTails(marks, 10_000, 10_000)).toBe(true);
    expect(hasTails([], 0, 1_000)).toBe(false);
  });

  test('marks without a row of their own have no line, which would cross the others', () => {
    const retries = { count: 1, dueMs: 90 };
    const placed = placeMarks(
      [0, 20, 40, 60, 70, 100].map((atMs) => mark(atMs, { retries })),
      (atMs) => atMs,
    );
    expect(placed.map(({ row, tail }) => [row, tail])).toEqual([
      [0, 90],
      [1, 70],
      [2, 50],
      [3, 30],
      [3, 0],
      [3, 0],
    ]);
  });

  test('a retry in a week does not stretch the scale of upcoming runs, and ends the scale if no run is upcoming', () => {
    const retrying = mark(0, { state: 'busy', status: 'RETRYING', retries: { count: 1, dueMs: 1_000_000 } });
    const coming = mark(90_000, { state: 'coming', status: 'SCHEDULED' });
    const edges = { left: 0, right: 100 };
    expect(scaleOf([retrying, coming], 45_000, edges).segments.at(-1)).toMatchObject({ untilMs: 90_000 });
    expect(placeMarks([retrying, coming], (atMs) => atMs / 1_000)).toMatchObject([{ tail: 90 }, { tail: 0 }]);
    expect(scaleOf([retrying], 45_000, edges).segments.at(-1)).toMatchObject({ untilMs: 1_000_000 });
  });

  test('a schedule ends after the last occurrence of a job that runs once, and never for others', () => {
    const marks = [mark(1), mark(2), mark(3, { isScheduled: false, trigger: 'MANUAL' })];
    expect(endOf(marks, false)).toBe(2);
    expect(endOf(marks, true)).toBeUndefined();
  });
});

describe('the marks of a timeline', () => {
  const execution = (id: number, trigger: 'SCHEDULE' | 'MANUAL', at: string) => ({
    id,
    jobId: 1,
    trigger,
    originId: null,
    status: 'SUCCESS' as const,
    executionTime: at,
    executionDuration: 5,
    retryCount: 0,
    errorMessage: null,
    reason: null,
    skipped: null,
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    latenessMs: 1,
    statusCode: 200,
    cancelRequestedAt: null,
    createdAt: at,
    updatedAt: at,
  });
  const minute = (count: number) => new Date(Date.UTC(2027, 0, 1, 0, count)).toISOString();

  test('twenty occurrences show, and the runs by request between them', () => {
    const history = Array.from({ length: 30 }, (_, index) =>
      execution(100 - index, 'SCHEDULE', minute(60 - 2 * index)),
    );
    const marks = collectMarks(
      [execution(7, 'MANUAL', minute(59)), execution(8, 'MANUAL', minute(1)), ...history],
      [],
    );
    expect(marks.filter(({ isScheduled }) => isScheduled)).toHaveLength(20);
    expect(marks.filter(({ isScheduled }) => !isScheduled).map(({ executionId }) => executionId)).toEqual([
      7,
    ]);
  });

  test('skipped occurrences are one mark, whose words say how many, from when and why', () => {
    const [skip] = collectMarks(
      [
        {
          ...execution(9, 'SCHEDULE', minute(50)),
          status: 'SKIPPED',
          reason: 'MISFIRE',
          skipped: { count: 50, first: minute(1), last: minute(50) },
          latenessMs: null,
          executionDuration: null,
        },
      ],
      [],
    );
    expect(skip).toMatchObject({ state: 'skipped', skipped: { count: 50, firstMs: Date.parse(minute(1)) } });
    expect(describeMark(skip!, 'UTC')).toBe(
      '1 Jan 2027, 00:01:00 UTC – 1 Jan 2027, 00:50:00 UTC · 50 occurrences skipped: the schedule was more than 5 minutes behind, and then only the latest one runs',
    );
    expect(describeMarks([skip!, mark(1)])).toBe(
      '1 run so far: none failed. 50 occurrences were skipped. None is upcoming.',
    );
  });

  test('retries say when the next one is due, or how long they took, and what jitter does to their waits', () => {
    const first = {
      ...execution(5, 'SCHEDULE', minute(1)),
      retryCount: 2,
      dueAt: '2027-01-01T00:01:34.500Z',
    };
    const [waiting] = collectMarks([{ ...first, status: 'RETRYING', errorMessage: 'HTTP 503' }], []);
    const [ended] = collectMarks([first], []);
    expect(describeMark(waiting!, 'UTC')).toContain(
      'retrying: HTTP 503 · next attempt 34.5 s after its time',
    );
    expect(describeMark(ended!, 'UTC')).toContain('succeeded · 2 retries within 34.5 s');
    const retry = { delaysSeconds: [30], jitter: 0.2 };
    expect(jitterSentence([ended!], retry)).toBe('Jitter makes the waits before retries up to 20 % shorter.');
    expect(jitterSentence([mark(1)], retry)).toBeUndefined();
    expect(jitterSentence([ended!], { ...retry, jitter: 0 })).toBeUndefined();
    expect(jitterSentence([ended!], null)).toBeUndefined();
  });

  test('an execution that began between both requests shows once, as the one that began', () => {
    const began = execution(5, 'SCHEDULE', minute(1));
    const marks = collectMarks([began], [{ ...began, status: 'SCHEDULED', isDispatched: true }]);
    expect(marks.map(({ state }) => state)).toEqual(['good']);
  });
});
