import type { Plan } from '../requests/plan.ts';
import { oddities } from '../requests/target.ts';
import { choose, type State } from './state.ts';

/** A request, ready to send. */
export type Sent = {
  method: string;
  /** The target in the request line. */
  target: string;
  /** Headers other than the host and the length of the body. */
  headers: readonly (readonly [string, string])[];
  body: Buffer | undefined;
  isChunked: boolean;
  /** Whether the body is one of the requests that start an operation after its dry run. */
  isStart?: boolean;
};

/** Fills in the keys, and the ids of jobs and keys made before. */
export function resolve(plan: Plan, state: State): Sent {
  const { target, credential, headers, body, method, isChunked } = plan;
  const path = target.path.replace('{id}', () => idOf(plan, state));
  const odd = target.odd === undefined ? path : oddities[target.odd](path);
  const key = keyHeaders(credential, state);
  const start = startOf(plan, state);
  return {
    method,
    target: `${odd}${target.query}`,
    headers: [...key, ...headers.pairs],
    body: start ?? body?.bytes,
    isChunked,
    isStart: start !== undefined,
  };
}

/** Every other valid request for an operation starts one, if a dry run has been answered. */
function startOf({ operation, body, target: { id } }: Plan, state: State): Buffer | undefined {
  const isValid = operation === 'POST /api/v1/operations' && body?.made === 'valid, by all rules';
  return isValid && 'made' in id && id.made % 2 === 0 ? state.starts.shift() : undefined;
}

/** Failure groups get their ids with the ticks, from 1 on. */
const FAILURE_GROUPS = [1, 2, 3];

function idsOf(path: string, state: State): readonly number[] {
  if (path.startsWith('/api/v1/keys')) return state.keyIds;
  if (path.startsWith('/api/v1/signing-keys')) return state.signingKeyIds;
  if (path.startsWith('/api/v1/executions')) return state.executionIds;
  if (path.startsWith('/api/v1/operations')) return state.operationIds;
  return path.startsWith('/api/v1/failures') ? FAILURE_GROUPS : state.jobIds;
}

function idOf({ target }: Plan, state: State): string {
  const { id } = target;
  const isKey = target.path.startsWith('/api/v1/keys');
  const text = 'text' in id ? id.text : String(choose(idsOf(target.path, state), id.made) ?? 1);
  // Key 1 is the deployment's own, which cannot be revoked.
  return isKey && state.protectedKeyIds.has(Number(text)) ? '1' : text;
}

function keyHeaders(credential: Plan['credential'], state: State): readonly (readonly [string, string])[] {
  if (credential.kind === 'wrong') return credential.headers;
  const key =
    credential.kind === 'key'
      ? state.keys[credential.name]
      : (choose(state.madeKeys, credential.made) ?? 'none yet');
  const isBearer = credential.kind === 'key' && credential.as === 'bearer';
  return [isBearer ? ['authorization', `Bearer ${key}`] : ['x-api-key', key]];
}
