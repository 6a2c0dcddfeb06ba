import { api } from '../../api/client.ts';
import type { DryRun, NewOperation, Operation } from '../../api/types.ts';

type Asked = Omit<NewOperation, 'dryRun' | 'token'>;

/** Counts the jobs that an operation would change. It changes nothing. */
export async function dryRun(operation: Asked, signal?: AbortSignal): Promise<DryRun> {
  const body = { ...operation, dryRun: true };
  const answer = await api.post('/api/v1/operations', { body, ...(signal !== undefined && { signal }) });
  if (!('token' in answer)) throw new Error('The dry run gave no token.');
  return answer;
}

/** Starts an operation by the token of a dry run of exactly this operation. */
export async function begin(operation: Asked, token: string, reason: string): Promise<Operation> {
  const started = await api.post('/api/v1/operations', { body: { ...operation, token }, reason });
  if (!('state' in started)) throw new Error('The operation did not start.');
  return started;
}
