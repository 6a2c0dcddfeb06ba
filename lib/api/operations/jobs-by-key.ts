import { forRoutesByKey } from '../route-table.ts';
import { jobActionOperations } from './job-actions.ts';
import { jobOperations } from './jobs.ts';
import { type Operation, ofKeyedJob } from './parts.ts';

/** The operations of a job by its key: the same as each operation by id, with the key in its path. */
export const keyedJobOperations = forRoutesByKey<Operation>(
  { ...jobActionOperations, ...jobOperations },
  (operation) => ({
    ...operation,
    operationId: `${operation.operationId}ByKey`,
    summary: `By key: ${operation.summary?.charAt(0).toLowerCase()}${operation.summary?.slice(1)}`,
    requestParams: { ...operation.requestParams, ...ofKeyedJob.requestParams },
  }),
);
