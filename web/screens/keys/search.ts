import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const searchSchema = z.object({
  /** Whether keys show that have ended: revoked or expired ones. */
  ended: z.catch(z.optional(z.literal('shown')), undefined),
  cursor: z.catch(z.optional(z.string().check(z.minLength(1))), undefined),
});

export type KeysSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseKeysSearch = (search: Record<string, unknown>): KeysSearch =>
  given(searchSchema.parse(search));
