import { makeDeclareJob } from '../../lib/app/declare-job.ts';
import { awaitDatabase } from '../../lib/app/once-it-answers.ts';
import { makeRetractJob } from '../../lib/app/retract-job.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { composeJobUseCases, type JobParts, type JobUseCases } from './job-use-cases.ts';

export type DeclaredJobsParts = JobParts & { logger: FunctionLogger; outgoing: OutgoingPolicy };

/**
 * The use cases that keep the jobs which a stack declares.
 *
 * @param jobs those that they call, so that a test can hold one of them up.
 */
export function composeDeclaredJobs(parts: DeclaredJobsParts, jobs: JobUseCases = composeJobUseCases(parts)) {
  const deps = { ...parts, ...jobs };
  return {
    clock: parts.clock,
    logger: parts.logger,
    awaitDatabase: (untilMs: number) => awaitDatabase(parts, untilMs),
    declareJob: makeDeclareJob(deps),
    retractJob: makeRetractJob(deps),
    outgoing: parts.outgoing,
  };
}
