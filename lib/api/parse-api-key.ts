import type { NewApiKey } from '../domain/api-key.ts';
import { ValidationError } from '../domain/errors.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { newApiKeySchema } from './api-key-schemas.ts';
import { fieldErrors } from './field-errors.ts';

/** Parses the request for a new key. The use case checks the expiry time, because it has a clock. */
export function parseNewApiKey(json: unknown): NewApiKey {
  const parsed = newApiKeySchema.safeParse(json);
  if (!parsed.success) throw new ValidationError(fieldErrors(parsed.error, { schema: newApiKeySchema }));
  const { name, scopes, expiresAt, rateLimitPerSecond } = parsed.data;
  return {
    name,
    scopes,
    expiresAt: expiresAt === undefined ? null : new Date(parseInstant(expiresAt)),
    rateLimitPerSecond: rateLimitPerSecond ?? null,
  };
}
