import { findRepeatedName } from '../../../lib/api/repeated-name.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type ReadBody = { kind: 'json'; value: unknown } | { kind: 'broken'; why: string };

/** What a body is to whoever goes by RFC 8259, and by the API's own limits on texts. */
export function readBody(bytes: Buffer | undefined): ReadBody {
  if (bytes === undefined || bytes.length === 0) return { kind: 'broken', why: 'there is no body' };
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    const repeated = findRepeatedName(text);
    if (repeated !== undefined) return { kind: 'broken', why: 'a name is there twice' };
    if (hasUnstorable(value)) return { kind: 'broken', why: 'NUL or half a surrogate pair' };
    return { kind: 'json', value };
  } catch {
    return { kind: 'broken', why: 'it is no JSON in UTF-8' };
  }
}

/** Whether a string or a name in it is one that PostgreSQL cannot store. */
function hasUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, each]) => hasUnstorable(name) || hasUnstorable(each));
}
