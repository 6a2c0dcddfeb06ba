import type { RouteKey } from './route-table.ts';
import { jobOperations } from './operations/jobs.ts';
import { jobActionOperations } from './operations/job-actions.ts';
import { keyedJobOperations } from './operations/jobs-by-key.ts';
import { executionOperations } from './operations/executions.ts';
import { serviceOperations } from './operations/service.ts';
import { keyOperations } from './operations/keys.ts';
import { bulkOperations } from './operations/operations.ts';
import type { Operation } from './operations/parts.ts';

/** The operations of the API. Its type requires one for every route of the topology. */
export const operations: Record<RouteKey, Operation> = {
  ...jobOperations,
  ...jobActionOperations,
  ...keyedJobOperations,
  ...executionOperations,
  ...serviceOperations,
  ...keyOperations,
  ...bulkOperations,
};
