import type { JobsFilter, JobSummary } from '../../api/types.ts';
import type { SpreadSeconds } from '../operation/spread-window.tsx';

/** The jobs that an action is for: some rows of a page, or all jobs that match the filter. */
export type BulkTarget =
  | { kind: 'rows'; jobs: readonly JobSummary[] }
  | { kind: 'matching'; filter: JobsFilter };

/** What a person sets for an action. */
export type BulkSettings = {
  tag: string;
  isTagAdded: boolean;
  /** Empty: out of the groups that the jobs have. */
  group: string;
  within: SpreadSeconds;
  ratePerSecond: number;
  reason: string;
};

/** The filter of an operation. It must say so when it has no condition. */
export const toOperationFilter = (filter: JobsFilter) =>
  Object.keys(filter).length === 0 ? { all: true as const } : filter;
