import * as fc from 'fast-check';
import type { Api, Operation } from '../document/operations.ts';
import type { Violations } from '../document/validate.ts';
import type { Home } from '../values/known-good.ts';
import { bodies, type Body } from './body.ts';
import { type Credential, credentials } from './credentials.ts';
import { type Headers, headers } from './headers.ts';
import { type Target, targets } from './target.ts';

/** A request without the parts that are known only when it is sent: keys, and the ids of jobs and keys made before. */
export type Plan = {
  operation: string;
  method: string;
  target: Target;
  credential: Credential;
  headers: Headers;
  body: Body | undefined;
  /** Whether the body is sent in chunks, without a content-length. */
  isChunked: boolean;
};

const otherMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
];

/** Weights of operations whose requests find more, or succeed seldom. */
const WEIGHTS: Record<string, number> = {
  'POST /api/v1/jobs': 6,
  'PATCH /api/v1/jobs/{id}': 6,
  'POST /api/v1/jobs/batch': 2,
  'PUT /api/v1/jobs/by-key/{key}': 4,
  'GET /api/v1/jobs/by-key/{key}': 3,
  'PATCH /api/v1/jobs/by-key/{key}': 3,
};

export function plans(context: { api: Api; violations: Violations; home: Home }): fc.Arbitrary<Plan> {
  const each = (operation: Operation): fc.Arbitrary<Plan> =>
    fc.record({
      operation: fc.constant(operation.key),
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(operation.method) },
        { weight: 1, arbitrary: fc.constantFrom(...otherMethods) },
      ),
      target: targets(operation),
      credential: credentials,
      headers,
      body: bodies(context, operation),
      isChunked: fc.oneof(
        { weight: 20, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    });
  return fc.oneof(
    ...context.api.operations.map((operation) => ({
      weight: WEIGHTS[operation.key] ?? 1,
      arbitrary: each(operation),
    })),
  );
}
