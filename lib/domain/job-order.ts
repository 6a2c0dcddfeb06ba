import type { UpcomingPlace } from './upcoming.ts';

/** The orders of a list of jobs: by fields of the job, `-` for the latest first. Each has an index. */
export const jobSorts = ['createdAt', '-createdAt', 'nextExecutionTime'] as const;
export type JobSort = (typeof jobSorts)[number];

/** A position in a list of jobs: after a job in the order of creation, or after a next execution time. */
export type JobPlace = number | UpcomingPlace;

/** The order of a page, and where it begins: at the first job, or after a place. */
export type JobOrder =
  | { sort: 'createdAt' | '-createdAt'; after: number | undefined }
  | { sort: 'nextExecutionTime'; after: UpcomingPlace | undefined };
