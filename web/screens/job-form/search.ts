import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const searchSchema = z.object({
  /** The job whose fields the form begins with. */
  from: z.catch(z.optional(z.string().check(z.regex(/^[1-9]\d{0,15}$/))), undefined),
});

export type NewJobSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseNewJobSearch = (search: Record<string, unknown>): NewJobSearch =>
  given(searchSchema.parse(search));
