import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

export const failureSpans = ['24h', '7d', '30d'] as const;
export type FailureSpan = (typeof failureSpans)[number];

const failureStates = ['OPEN', 'IGNORED', 'RESOLVED'] as const;

const searchSchema = z.object({
  /** All states if left out. */
  state: z.catch(z.optional(z.enum(failureStates)), undefined),
  /** How old the last failure of a group may be; a day if left out. */
  within: z.catch(z.optional(z.enum(failureSpans)), undefined),
  cursor: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
});

export type FailuresSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseFailuresSearch = (search: Record<string, unknown>): FailuresSearch =>
  given(searchSchema.parse(search));
