import type { FieldError } from './errors.ts';
import type { Job } from './job.ts';
import { jobOutcomes } from './job-filter.ts';
import { retriesLastSeconds } from './retries-last.ts';

export const readOnlyFields = [
  'id',
  'nextExecutionTime',
  'createdAt',
  'updatedAt',
  'retriesLastSeconds',
  'failuresInARow',
  'lastOutcome',
  'pausedByFailuresAt',
] as const;

/** The read-only fields of a job in a request, as the caller has read them before. Undefined if left out. */
export type ReadBack = Partial<Record<(typeof readOnlyFields)[number], unknown>>;

/**
 * Checks read-only fields. A value that differs from the job's value is an error, except a next execution time that has
 * passed since the caller read it, and what follows from failures, which changes at any time.
 */
export function checkReadBack(given: ReadBack, job: Job, now: Date): FieldError[] {
  const next = job.nextExecutionTime;
  const isEqual: [keyof ReadBack, boolean][] = [
    ['id', given.id === job.id],
    ['nextExecutionTime', isSame(given.nextExecutionTime, next) || hasPassed(given.nextExecutionTime, now)],
    ['createdAt', isSame(given.createdAt, job.createdAt)],
    ['updatedAt', isSame(given.updatedAt, job.updatedAt)],
    ['retriesLastSeconds', isSameTotal(given.retriesLastSeconds, retriesLastSeconds(job))],
    ['failuresInARow', isCount(given.failuresInARow)],
    ['lastOutcome', isOutcome(given.lastOutcome)],
    ['pausedByFailuresAt', isInstantOrNull(given.pausedByFailuresAt)],
  ];
  return isEqual
    .filter(([field, isSameValue]) => given[field] !== undefined && !isSameValue)
    .map(([field]) => ({
      field,
      message: "is read-only, and differs from the job's value; leave it out, or read the job again",
    }));
}

const msOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const isSame = (value: unknown, stored: Date | null): boolean =>
  stored === null ? value === null : msOf(value) === stored.getTime();

const hasPassed = (value: unknown, now: Date): boolean => msOf(value) <= now.getTime();

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const isOutcome = (value: unknown): boolean =>
  value === null || jobOutcomes.some((outcome) => outcome === value);

const isInstantOrNull = (value: unknown): boolean => value === null || !Number.isNaN(msOf(value));

function isSameTotal(value: unknown, { min, max }: { min: number; max: number }): boolean {
  const given: { min?: unknown; max?: unknown } = Object(value);
  return given.min === min && given.max === max;
}
