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
import { byStack, keyOf, requestSchema, resourceIdOf } from './request.ts';

/** Part of the function's timeout that is not spent on waiting for the database, but kept for the work afterwards. */
const RESERVE_MS = 20_000;

export type DeclaredJobsDeps = {
  /** Resolves when the database answers. Rejects if it does not answer by the given instant. */
  awaitDatabase: (untilMs: number) => Promise<void>;
  declareJob: DeclareJob;
  retractJob: RetractJob;
  /** The targets that jobs may call. */
  outgoing: OutgoingPolicy;
  clock: Clock;
  logger: FunctionLogger;
};

type Request = z.infer<typeof requestSchema>;
type Answer = { PhysicalResourceId: string; Data?: { JobId: string } };

/**
 * Makes the function that creates, changes and deletes the jobs that stacks declare. The provider framework of the CDK calls
 * it once for each created, changed or deleted resource, and again if it got no answer. The stack shows the error that the
 * function throws.
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
      const key = keyOf(request.PhysicalResourceId);
      if (key !== undefined) {
        await awaitDatabase(untilMs);
        await retractJob(key, byStack(request));
      }
      return { PhysicalResourceId: request.PhysicalResourceId };
    }
    const { key, job } = parseDeclaration(request.ResourceProperties, outgoing);
    await awaitDatabase(untilMs);
    const { id } = await declareJob(key, job, byStack(request));
    // The id is a string, because CloudFormation would insert a large number into a template as 1.0E7.
    return { PhysicalResourceId: resourceIdOf(key), Data: { JobId: String(id) } };
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
      // The log shows only the code, because the declaration may contain secrets. The operator sees the message in the stack.
      if (error instanceof ValidationError) logger.info('declared_job', { requestType, code: error.code });
      else logger.error('declared_job_failed', { requestType, error: errorField(error) });
      throw new DeclarationError(jobNameOf(request), error, context.awsRequestId);
    }
  };
}

function jobNameOf(request: Request): unknown {
  return request.RequestType === 'Delete'
    ? keyOf(request.PhysicalResourceId)
    : request.ResourceProperties.Name;
}
