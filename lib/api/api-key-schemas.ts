import * as z from 'zod';
import { apiKeyLimits, apiKeyScopes } from '../domain/api-key.ts';
import { NO_CONTROL_CHARACTERS } from './patterns.ts';
import { instantField } from './instant-field.ts';
import { orMissing, reportRepeated } from './job-fields/kinds.ts';

const NAME_REMEDY = `must be a string of 1 to ${apiKeyLimits.nameLength} characters without control characters`;
const SCOPES_REMEDY = `must be an array with at least one of ${apiKeyScopes.join(', ')}, without duplicates`;
const RATE_REMEDY = `must be an integer from 1 to ${apiKeyLimits.maxRatePerSecond}`;
const KEY_REMEDY = 'must be a JSON object with name and scopes';

const name = z
  .string(orMissing(NAME_REMEDY))
  .min(1, NAME_REMEDY)
  .max(apiKeyLimits.nameLength, NAME_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, NAME_REMEDY)
  .meta({ description: 'The name of the key. It is unique among valid keys.' });

const scopes = z
  .array(z.enum(apiKeyScopes, `must be one of ${apiKeyScopes.join(', ')}`), orMissing(SCOPES_REMEDY))
  .min(1, SCOPES_REMEDY)
  .check(reportRepeated)
  .meta({
    description:
      'The scopes of the key. No scope implies another. A key with `admin` can create keys with any scopes.',
    uniqueItems: true,
  });

const expiresAt = instantField(
  `The time when the key expires. It must be in the future, and at most ${apiKeyLimits.maxYears} years from now. If left out, the key does not expire.`,
);

const rateLimitPerSecond = z
  .int(RATE_REMEDY)
  .min(1, RATE_REMEDY)
  .max(apiKeyLimits.maxRatePerSecond, RATE_REMEDY)
  .meta({
    description:
      'The number of requests per second that the key may send. The default is the limit of the deployment.',
  });

/** The request body for a new key. */
export const newApiKeySchema = z
  .strictObject(
    {
      name,
      scopes,
      expiresAt: expiresAt.exactOptional(),
      rateLimitPerSecond: rateLimitPerSecond.exactOptional(),
    },
    KEY_REMEDY,
  )
  .meta({ id: 'NewApiKey' });
