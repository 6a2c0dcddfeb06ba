import type { FieldError } from './errors.ts';
import type { Job } from './job.ts';

/** The fields of a job that Belfry sets, as somebody has read them and sends them back; undefined where left out. */
export type ReadBack = {
  id?: unknown;
  nextExecutionTime?: unknown;
  createdAt?: unknown;
  updatedAt?: unknown;
};

/**
 * What is wrong with fields that only Belfry sets: a value other than the job's. A next time that has passed since it was
 * read is no mistake.
 */
export function checkReadBack(
  given: ReadBack,
  job: Pick<Job, 'id' | 'nextExecutionTime' | 'createdAt' | 'updatedAt'>,
  now: Date,
): FieldError[] {
  const next = job.nextExecutionTime;
  const isEqual: [keyof ReadBack, boolean][] = [
    ['id', given.id === job.id],
    ['nextExecutionTime', isSame(given.nextExecutionTime, next) || hasPassed(given.nextExecutionTime, now)],
    ['createdAt', isSame(given.createdAt, job.createdAt)],
    ['updatedAt', isSame(given.updatedAt, job.updatedAt)],
  ];
  return isEqual
    .filter(([field, isSameValue]) => given[field] !== undefined && !isSameValue)
    .map(([field]) => ({
      field,
      message: 'is read-only, and not what the job has; leave it out, or read the job again',
    }));
}

const msOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const isSame = (value: unknown, stored: Date | null): boolean =>
  stored === null ? value === null : msOf(value) === stored.getTime();

const hasPassed = (value: unknown, now: Date): boolean => msOf(value) <= now.getTime();
