import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { NewOperation } from '../domain/operation.ts';

/** How long a token of a dry run is accepted. */
const TOKEN_MS = 3_600_000;

const tokenSchema = z.strictObject({ hash: z.string(), maxJobId: z.number(), atMs: z.number() });

/**
 * Makes the token of a dry run. It binds an operation to the same action and filter, and to the jobs that existed at the dry
 * run: a job that is created between the dry run and the operation is not touched. It guards against mistakes, and is not secret.
 *
 * @param maxJobId the highest id of a job at the dry run.
 */
export function makeOperationToken(operation: NewOperation, maxJobId: number, nowMs: number): string {
  const token: z.infer<typeof tokenSchema> = { hash: hashOf(operation), maxJobId, atMs: nowMs };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Reads a token. Returns the highest id of a job, or what is wrong with the token. */
export function readOperationToken(
  token: string,
  operation: NewOperation,
  nowMs: number,
): { maxJobId: number } | { fault: string } {
  const parsed = tokenSchema.safeParse(decode(token));
  if (!parsed.success) return { fault: 'is not the token of a dry run; send it unchanged' };
  const { hash, maxJobId, atMs } = parsed.data;
  if (hash !== hashOf(operation))
    return {
      fault: 'belongs to a dry run with another action, filter, tags, group or window; repeat the dry run',
    };
  if (nowMs - atMs > TOKEN_MS) return { fault: 'is more than an hour old; repeat the dry run' };
  return { maxJobId };
}

function decode(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The order of the names in a filter does not matter. */
function hashOf({ action, filter, tags, group, spread }: NewOperation): string {
  const sorted = Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(
      JSON.stringify([
        action,
        sorted,
        tags,
        ...(action === 'group' ? [group] : []),
        ...(action === 'spread' ? [spread] : []),
      ]),
    )
    .digest('base64url');
}
