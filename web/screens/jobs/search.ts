import '../../app/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../app/given.ts';

const text = (least = 1) => z.catch(z.optional(z.string().check(z.minLength(least))), undefined);
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.catch(z.optional(z.enum(values)), undefined);

export const jobStates = ['ACTIVE', 'PAUSED', 'FINISHED'] as const;
export const jobOutcomes = ['SUCCESS', 'FAILED'] as const;

/** The conditions of the list, which the API takes as they are. */
const conditions = {
  text: text(3),
  state: oneOf(jobStates),
  lastOutcome: oneOf(jobOutcomes),
  group: text(),
  tag: text(),
  owner: text(),
  host: text(),
  keyPrefix: text(),
  nextBefore: text(),
};

const searchSchema = z.object({ ...conditions, cursor: text() });

export type JobsSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseJobsSearch = (search: Record<string, unknown>): JobsSearch =>
  given(searchSchema.parse(search));
