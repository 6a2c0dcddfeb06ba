import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const searchSchema = z.object({
  /** The span of the charts. Without it, they show 24 hours. */
  span: z.catch(z.optional(z.enum(['1h', '7d', '30d'])), undefined),
});

export type OverviewSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseOverviewSearch = (search: Record<string, unknown>): OverviewSearch =>
  given(searchSchema.parse(search));
