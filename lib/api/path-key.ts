import { ValidationError } from '../domain/errors.ts';
import { jobPaths } from '../topology.ts';
import { askedFields } from './job-fields.ts';

/**
 * Parses the key of a job in a path. It is read from the path, because the gateway decodes path parameters and a local
 * run does not.
 *
 * @throws ValidationError
 */
export function parseKey(path: string): string {
  const encoded = segmentsAfterKey(path)?.[0] ?? '';
  const parsed = askedFields.key.asked.safeParse(decode(encoded));
  if (parsed.success && parsed.data !== null) return parsed.data;
  const message = parsed.error?.issues[0]?.message ?? 'must be the key of a job';
  throw new ValidationError([{ field: 'key', message }]);
}

const BY_KEY = jobPaths.byKey.replace('{key}', '');

/** Returns the parts of a path from the key on. Undefined for a path that has none. */
function segmentsAfterKey(path: string): string[] | undefined {
  if (!path.startsWith(BY_KEY)) return undefined;
  return path.slice(BY_KEY.length).replace(/\/$/, '').split('/');
}

/** Says how to send a key with a slash, for a path below a key that no route has. */
export function slashHint(path: string): string | undefined {
  const segments = segmentsAfterKey(path);
  if (segments === undefined || segments.length < 2) return undefined;
  return `a slash in a key must be percent-encoded: ${BY_KEY}${segments.join('%2F')}`;
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
