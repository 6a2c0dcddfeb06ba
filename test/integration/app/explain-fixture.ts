import { makeExplainExecution } from '../../../lib/app/explain-execution.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import type { Fact } from '../../../lib/domain/fact.ts';
import type { Parts } from '../../support/belfry.ts';
import { belfry, createDueJob, DUE, target, theExecution, work } from './worker-fixture.ts';

/** The codes of all facts that the tests of a file have got. */
export const seen = new Set<string>();

export const explainId = async (id: number, parts: Partial<Parts> = {}): Promise<Fact[]> => {
  const facts = await makeExplainExecution({ ...belfry, ...parts })(id);
  for (const { code } of facts) seen.add(code);
  return facts;
};
export const explain = async (jobId: number, parts?: Partial<Parts>): Promise<Fact[]> =>
  explainId((await theExecution(jobId)).id, parts);
export const sentencesOf = (facts: readonly Fact[]): string[] => facts.map(({ sentence }) => sentence);

export const HELD_DUE = '2030-03-04T10:00:10.000Z';
export const PAUSE_END = '2030-03-04T10:00:25.000Z';
export const SECOND_LATER = '2030-03-04T10:00:06.000Z';

/** Lets a first execution be asked for a pause until 10:00:25, and makes a second one that is due at 10:00:10. */
export const pauseOrigin = async (fields: Partial<NewJob> = {}) => {
  target.answerWith({ status: 503, headers: { 'retry-after': '20' } });
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  target.answerWith(200);
  return createDueJob({ schedule: HELD_DUE, ...fields });
};
