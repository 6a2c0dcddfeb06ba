import { ValidationError } from '../domain/errors.ts';
import { askedFields } from './job-fields.ts';

/**
 * Parses the key of a job in a path. It is read from the whole path, because the gateway decodes path parameters and a local
 * run does not.
 *
 * @throws ValidationError
 */
export function parseKey(path: string): string {
  const encoded = path.replace(/\/$/, '').split('/').at(-1) ?? '';
  const parsed = askedFields.key.asked.safeParse(decode(encoded));
  if (parsed.success && parsed.data !== null) return parsed.data;
  const message = parsed.error?.issues[0]?.message ?? 'must be the key of a job';
  throw new ValidationError([{ field: 'key', message }]);
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new ValidationError([
      { field: 'key', message: 'must be percent-encoded UTF-8, such as a%2Fb for a/b' },
    ]);
  }
}
