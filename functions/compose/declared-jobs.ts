import { makeDeclareJob } from '../../lib/app/declare-job.ts';
import { awaitDatabase } from '../../lib/app/once-it-answers.ts';
import { makePutJob } from '../../lib/app/put-job.ts';
import { makeRetractJob } from '../../lib/app/retract-job.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { composeJobUseCases, type JobParts, type JobUseCases } from './job-use-cases.ts';

export type DeclaredJobsParts = JobParts & { logger: FunctionLogger; outgoing: OutgoingPolicy };

/**
 * Composes the use cases for the jobs that a stack declares.
 *
 * @param jobs the job use cases that they call. A test can pass one that waits.
 */
export function composeDeclaredJobs(parts: DeclaredJobsParts, jobs: JobUseCases = composeJobUseCases(parts)) {
  const deps = { ...parts, ...jobs };
  return {
    clock: parts.clock,
    logger: parts.logger,
    awaitDatabase: (untilMs: number) => awaitDatabase(parts, untilMs),
    declareJob: makeDeclareJob({ putJob: makePutJob(deps) }),
    retractJob: makeRetractJob(deps),
    outgoing: parts.outgoing,
  };
}
