import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { DeclareJob } from '../../lib/app/declare-job.ts';
import type { RetractJob } from '../../lib/app/retract-job.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import { ValidationError } from '../../lib/domain/errors.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { parseDeclaration } from '../../lib/api/parse-declaration.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import { DeclarationError } from './declaration-error.ts';
import { nameOf, requestSchema, resourceIdOf } from './request.ts';

/** Kept back of the function's timeout from the wait for the database, for what is then to be done there. */
const RESERVE_MS = 20_000;

export type DeclaredJobsDeps = {
  /** Returns when the database answers, and throws when it does not by the instant. */
  awaitDatabase: (untilMs: number) => Promise<void>;
  declareJob: DeclareJob;
  retractJob: RetractJob;
  /** Where jobs may call. */
  outgoing: OutgoingPolicy;
  clock: Clock;
  logger: FunctionLogger;
};

type Request = z.infer<typeof requestSchema>;
type Answer = { PhysicalResourceId: string; Data?: { JobId: string } };

/**
 * Keeps the jobs that stacks declare, for the provider framework of the CDK, which asks once for each resource that is
 * made, changed or deleted, and again when it had no answer. What is thrown is the error that the stack shows.
 */
export function makeHandler({
  awaitDatabase,
  declareJob,
  retractJob,
  outgoing,
  clock,
  logger,
}: DeclaredJobsDeps) {
  const serve = async (request: Request, untilMs: number): Promise<Answer> => {
    if (request.RequestType === 'Delete') {
      const name = nameOf(request.PhysicalResourceId);
      if (name !== undefined) {
        await awaitDatabase(untilMs);
        await retractJob(name);
      }
      return { PhysicalResourceId: request.PhysicalResourceId };
    }
    const { name, job } = parseDeclaration(request.ResourceProperties, outgoing);
    await awaitDatabase(untilMs);
    const { id } = await declareJob(name, job);
    // A text: CloudFormation writes a big number as 1.0E7 where a template inserts it.
    return { PhysicalResourceId: resourceIdOf(name), Data: { JobId: String(id) } };
  };

  return async (
    event: unknown,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<Answer> => {
    logger.startInvocation(context.awsRequestId);
    const request = requestSchema.parse(event);
    const { RequestType: requestType } = request;
    const untilMs = clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS;
    try {
      const answer = await serve(request, untilMs);
      logger.info('declared_job', { requestType, jobId: answer.Data?.JobId });
      return answer;
    } catch (error) {
      // Whoever declared it is told what is wrong with it; it may hold what does not belong into a log.
      if (error instanceof ValidationError) logger.info('declared_job', { requestType, code: error.code });
      else logger.error('declared_job_failed', { requestType, error: errorField(error) });
      throw new DeclarationError(jobNameOf(request), error, context.awsRequestId);
    }
  };
}

function jobNameOf(request: Request): unknown {
  return request.RequestType === 'Delete'
    ? nameOf(request.PhysicalResourceId)
    : request.ResourceProperties.Name;
}
