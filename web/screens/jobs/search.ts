import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import type { JobsFilter } from '../../api/types.ts';
import { type Given, given } from '../../base/given.ts';

const text = (least = 1) => z.catch(z.optional(z.string().check(z.minLength(least))), undefined);
const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.catch(z.optional(z.enum(values)), undefined);

export const jobStates = ['ACTIVE', 'PAUSED', 'PAUSED_BY_FAILURES', 'FINISHED', 'ACTIVE,PAUSED'] as const;
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
  schedule: text(),
  timeZone: text(),
  keyPrefix: text(),
  nextBefore: text(),
};

const searchSchema = z.object({
  ...conditions,
  /** Finished jobs are hidden unless the address says otherwise, or names a state. */
  finished: oneOf(['shown']),
  /** The oldest job comes first unless the address says otherwise. */
  sort: oneOf(['-createdAt', 'nextExecutionTime']),
  cursor: text(),
});

export type JobsSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseJobsSearch = (search: Record<string, unknown>): JobsSearch =>
  given(searchSchema.parse(search));

export const hidesFinished = ({ state, finished }: JobsSearch): boolean =>
  state === undefined && finished === undefined;

/** The conditions of an address, for the API. */
export function filterOf(search: JobsSearch): JobsFilter {
  const { cursor: _, finished: _1, sort: _2, ...filter } = search;
  return hidesFinished(search) ? { ...filter, state: 'ACTIVE,PAUSED' } : filter;
}

/** The conditions of an address as tokens. That finished jobs are hidden is one of them. */
export function tokensOf(search: JobsSearch): Partial<Record<string, string>> {
  const { cursor: _, finished: _1, sort: _2, ...tokens } = search;
  return hidesFinished(search) ? { ...tokens, finished: 'hidden' } : tokens;
}

/** The address after the tokens have changed, at its first page. Without the token, finished jobs are shown. */
export function withTokens(search: JobsSearch, tokens: Partial<Record<string, string>>): JobsSearch {
  const { finished, sort } = search;
  const isTakenAway = hidesFinished(search) && tokens['finished'] === undefined;
  const now = tokens['finished'] === 'hidden' ? undefined : isTakenAway ? 'shown' : finished;
  return parseJobsSearch({ ...tokens, finished: now, sort });
}
