import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

export const groupSpans = ['1h', '24h', '7d', '30d'] as const;

const searchSchema = z.object({
  /** Groups of jobs if left out. */
  tab: z.catch(z.optional(z.literal('hosts')), undefined),
  /** The span of the groups; a day if left out. */
  span: z.catch(z.optional(z.enum(['1h', '7d', '30d'])), undefined),
  /** By name if left out. */
  order: z.catch(z.optional(z.literal('worst')), undefined),
  cursor: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
});

export type GroupsSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseGroupsSearch = (search: Record<string, unknown>): GroupsSearch =>
  given(searchSchema.parse(search));
