import type { ExecutionFilter } from '../../lib/domain/execution-filter.ts';

/** Lists the executions of all jobs. */
export const noFilter: ExecutionFilter = {
  statuses: undefined,
  jobId: undefined,
  tag: undefined,
  host: undefined,
  group: undefined,
  key: undefined,
  trigger: undefined,
  since: undefined,
  until: undefined,
};
