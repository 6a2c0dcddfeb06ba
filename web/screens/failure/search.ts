import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const searchSchema = z.object({
  /** The page of the jobs. */
  cursor: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
});

export type FailureSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseFailureSearch = (search: Record<string, unknown>): FailureSearch =>
  given(searchSchema.parse(search));
