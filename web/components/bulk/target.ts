import type { JobsFilter, JobSummary, NewOperation } from '../../api/types.ts';
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

const hasCondition = (filter: JobsFilter): boolean => Object.keys(filter).length > 0;

/** The filter of an operation. It must say so when it has no condition. */
export const toOperationFilter = (target: BulkTarget): NewOperation['filter'] =>
  target.kind === 'rows'
    ? { ids: target.jobs.map(({ id }) => id) }
    : hasCondition(target.filter)
      ? target.filter
      : { all: true };
