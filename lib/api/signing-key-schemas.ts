import * as z from 'zod';
import { ValidationError } from '../domain/errors.ts';
import { DEFAULT_OVERLAP_SECONDS, signingKeyLimits } from '../domain/signing-key.ts';
import { fieldErrors } from './field-errors.ts';

const OVERLAP_REMEDY = `must be an integer from 0 to ${signingKeyLimits.maxOverlapSeconds}, in seconds`;
const KEY_REMEDY = 'must be a JSON object, which may be empty';

/** The request body for a new signing key. */
export const newSigningKeySchema = z
  .strictObject(
    {
      overlapSeconds: z
        .int(OVERLAP_REMEDY)
        .min(0, OVERLAP_REMEDY)
        .max(signingKeyLimits.maxOverlapSeconds, OVERLAP_REMEDY)
        .meta({
          description: `How long the earlier keys sign, too. The default is ${DEFAULT_OVERLAP_SECONDS}, a day. 0 ends them at once.`,
        })
        .exactOptional(),
    },
    KEY_REMEDY,
  )
  .meta({ id: 'NewSigningKey' });

/** Parses the request for a new signing key. */
export function parseNewSigningKey(json: unknown): { overlapSeconds: number } {
  const parsed = newSigningKeySchema.safeParse(json);
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error, { schema: newSigningKeySchema }));
  return { overlapSeconds: parsed.data.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS };
}
