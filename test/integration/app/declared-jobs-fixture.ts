import { makeHandler } from '../../../functions/declared-jobs/handler.ts';
import { composeDeclaredJobs } from '../../../functions/compose/declared-jobs.ts';
import { composeJobUseCases, type JobUseCases } from '../../../functions/compose/job-use-cases.ts';
import { createBelfry, type Parts } from '../../support/belfry.ts';

const START = '2030-03-04T10:00:00.000Z';

export type Declaring = Awaited<ReturnType<typeof createDeclaring>>;

/** A whole Belfry with the function for declared jobs in front of it. */
export async function createDeclaring() {
  const belfry = await createBelfry(START);
  const { pool } = belfry;

  /** The function with its own parts or use cases, which a test can break or hold. */
  const withParts = (changed: Partial<Parts>, jobs: Partial<JobUseCases> = {}) => {
    const parts = { ...belfry.parts, ...changed };
    const handler = makeHandler(composeDeclaredJobs(parts, { ...composeJobUseCases(parts), ...jobs }));
    const context = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 60_000 };
    const declare = async (RequestType: string, Name: string, job: object) => {
      const Job = JSON.stringify({ api: 'http://127.0.0.1:9/', ...job });
      const reply = await handler({ RequestType, ResourceProperties: { Name, Job } }, context);
      return Number(reply.Data?.JobId);
    };
    return {
      create: (name: string, job: object) => declare('Create', name, job),
      update: (name: string, job: object) => declare('Update', name, job),
      /** The request that CloudFormation sends: it names the id of the resource. */
      remove: (name: string) =>
        handler({ RequestType: 'Delete', PhysicalResourceId: `belfry-job:${name}` }, context),
    };
  };

  const declaring = composeDeclaredJobs(belfry.parts);
  return {
    ...belfry,
    ...withParts({}),
    declareJob: declaring.declareJob,
    retractJob: declaring.retractJob,
    withParts,
    withUseCases: (jobs: Partial<JobUseCases>) => withParts({}, jobs),
    /** All jobs, deleted ones included, in the order of their creation. */
    jobs: async () => {
      const { rows } = await pool.query<{ id: number; name: string; isDeleted: boolean }>(
        'select id, name, deleted_at is not null as "isDeleted" from jobs order by id',
      );
      return rows;
    },
    /** The keys of the jobs that stacks own. */
    names: async () => {
      const { rows } = await pool.query<{ name: string; jobId: number }>(
        `select key as name, id as "jobId" from jobs where owner like 'stack%' and deleted_at is null order by key`,
      );
      return rows;
    },
    /** The rows that the previous version reads. */
    declared: async () => {
      const { rows } = await pool.query<{ name: string; jobId: number }>(
        'select name, job_id as "jobId" from declared_jobs order by name',
      );
      return rows;
    },
  };
}
