import { limits } from '../domain/job.ts';

/** The maximum nesting. Deeper JSON could overflow the stack of a program that serialises it. */
export const MAX_BODY_DEPTH = 32;

export type BodyFault = { path: (string | number)[]; message: string };

/** Finds the first reason why a JSON value cannot be stored and sent unchanged. */
export function findBodyFault(value: unknown): BodyFault | undefined {
  const fault = findFaultIn(value, 0);
  if (fault !== undefined || value === undefined) return fault;
  // The stored JSON may be longer than the sent JSON: 1e20 becomes 21 digits.
  const sizeBytes = Buffer.byteLength(JSON.stringify(value));
  if (sizeBytes <= limits.bodyBytes) return undefined;
  const message = `may have at most ${limits.bodyBytes} bytes as JSON with all digits of its numbers, not ${sizeBytes}`;
  return { path: [], message };
}

function findFaultIn(value: unknown, depth: number): BodyFault | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { path: [], message: 'is out of the range of a double; send the number as a string' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_BODY_DEPTH) {
    return { path: [], message: `may have at most ${MAX_BODY_DEPTH} levels of nesting` };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = findFaultIn(value[index], depth + 1);
      if (fault !== undefined) return { ...fault, path: [index, ...fault.path] };
    }
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    const fault = findFaultIn(item, depth + 1);
    if (fault !== undefined) return { ...fault, path: [key, ...fault.path] };
  }
  return undefined;
}
