import * as z from 'zod';
import type { ApiAnswer } from '../journal/types.ts';
import type { Response } from './client.ts';

const problemBody = z.object({ code: z.string() });

/** Returns the parts of an answer that the journal keeps. */
export function toAnswer(method: string, path: string, { status, atMs, body, headers }: Response): ApiAnswer {
  const problem = problemBody.safeParse(body);
  return {
    what: `${method} ${path}`,
    atMs,
    status,
    code: problem.data?.code,
    hasRetryAfter: headers.has('retry-after'),
  };
}
