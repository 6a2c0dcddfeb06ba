import { makeHandler } from '../../../functions/declared-jobs/handler.ts';
import { makeDeclareJob } from '../../../lib/app/declare-job.ts';
import { makeRetractJob } from '../../../lib/app/retract-job.ts';
import { createBelfry } from '../../support/belfry.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';

const START = '2030-03-04T10:00:00.000Z';

export type Declaring = Awaited<ReturnType<typeof createDeclaring>>;

/** A whole Belfry, and the function that keeps declared jobs in front of it. */
export async function createDeclaring() {
  const belfry = await createBelfry(START);
  const { pool, clock } = belfry;

  /** With parts of its own, to break or to hold one up. */
  const withParts = (changed: Partial<typeof belfry> = {}) => {
    const parts = { ...belfry, ...changed };
    const handler = makeHandler({
      awaitDatabase: async () => {},
      declareJob: makeDeclareJob(parts),
      retractJob: makeRetractJob(parts),
      outgoing: loopbackPolicy,
      clock,
      logger: belfry.parts.logger,
    });
    const context = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 60_000 };
    const declare = async (RequestType: string, Name: string, job: object) => {
      const Job = JSON.stringify({ api: 'http://127.0.0.1:9/', ...job });
      const reply = await handler({ RequestType, ResourceProperties: { Name, Job } }, context);
      return Number(reply.Data?.JobId);
    };
    return {
      create: (name: string, job: object) => declare('Create', name, job),
      update: (name: string, job: object) => declare('Update', name, job),
      /** As CloudFormation asks for it: by the id of the resource. */
      remove: (name: string) =>
        handler({ RequestType: 'Delete', PhysicalResourceId: `belfry-job:${name}` }, context),
    };
  };

  return {
    ...belfry,
    ...withParts(),
    withParts,
    /** The jobs there are, deleted ones too, in the order they were made. */
    jobs: async () => {
      const { rows } = await pool.query<{ id: number; name: string; isDeleted: boolean }>(
        'select id, name, deleted_at is not null as "isDeleted" from jobs order by id',
      );
      return rows;
    },
    names: async () => {
      const { rows } = await pool.query<{ name: string; jobId: number }>(
        'select name, job_id as "jobId" from declared_jobs order by name',
      );
      return rows;
    },
  };
}
