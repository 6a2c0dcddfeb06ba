import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

export const jobTabs = ['history', 'upcoming', 'request', 'stats', 'changes'] as const;
export type JobTab = (typeof jobTabs)[number];

const statsSpans = ['24h', '7d', '30d'] as const;
export type StatsSpan = (typeof statsSpans)[number];

const searchSchema = z.object({
  /** The dialog that the screen opens with. */
  open: z.catch(z.optional(z.enum(['run'])), undefined),
  /** The span of the statistics; a day if left out. */
  span: z.catch(z.optional(z.enum(statsSpans)), undefined),
  tab: z.catch(z.optional(z.enum(jobTabs)), undefined),
  cursor: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
});

export type JobSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseJobSearch = (search: Record<string, unknown>): JobSearch =>
  given(searchSchema.parse(search));
