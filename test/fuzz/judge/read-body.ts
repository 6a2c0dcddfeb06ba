import { findRepeatedName } from '../../../lib/api/repeated-name.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type ReadBody = { kind: 'json'; value: unknown } | { kind: 'broken'; why: string };

/** Reads a body according to RFC 8259 and the API's own limits on strings. */
export function readBody(bytes: Buffer | undefined): ReadBody {
  if (bytes === undefined || bytes.length === 0) return { kind: 'broken', why: 'it has no body' };
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    const repeated = findRepeatedName(text);
    if (repeated !== undefined) return { kind: 'broken', why: 'its body repeats a name' };
    if (hasUnstorable(value))
      return { kind: 'broken', why: 'its body contains NUL or half a surrogate pair' };
    return { kind: 'json', value };
  } catch {
    return { kind: 'broken', why: 'its body is not JSON in UTF-8' };
  }
}

/** Whether the value contains a string or a name that PostgreSQL cannot store. */
function hasUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, each]) => hasUnstorable(name) || hasUnstorable(each));
}
