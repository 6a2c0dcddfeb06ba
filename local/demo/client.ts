import * as z from 'zod';
import { LocalRunError } from '../data-dir/data-dir.ts';
import { readRunFile } from '../data-dir/run-file.ts';

const execution = z.object({
  id: z.int(),
  status: z.enum(['SCHEDULED', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED']),
  executionTime: z.string(),
  executionDuration: z.number().nullable(),
  retryCount: z.int(),
  errorMessage: z.string().nullable(),
  updatedAt: z.string(),
});
const job = z.object({ id: z.int() });
const history = z.object({ items: z.array(execution) });

export type Execution = z.infer<typeof execution>;

export type Client = {
  address: string;
  createJob: (job: object) => Promise<number>;
  listHistory: (jobId: number) => Promise<Execution[]>;
  deleteJob: (jobId: number) => Promise<void>;
};

const TIMEOUT_MS = 5_000;
const NONE = 'no Belfry is running here; start one with `npm start` in another terminal, or set BELFRY_URL';

/** Connects to the Belfry at BELFRY_URL with BELFRY_API_KEY, or by default to the Belfry that uses the data directory. */
export async function connectToRunning(env: Record<string, string | undefined>): Promise<Client> {
  const run = await readRunFile(env['BELFRY_DATA_DIR'] || '.local');
  const address = (env['BELFRY_URL'] || run?.address)?.replace(/\/$/, '');
  const apiKey = env['BELFRY_API_KEY'] || run?.apiKey;
  if (address === undefined) throw new LocalRunError(NONE);
  if (apiKey === undefined)
    throw new LocalRunError('set BELFRY_API_KEY to the key of the Belfry at BELFRY_URL');

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new LocalRunError(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };

  await fetch(`${address}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new LocalRunError(env['BELFRY_URL'] ? `nothing answers at ${address}` : NONE, { cause });
  });
  return {
    address,
    createJob: async (body) => job.parse(await call('POST', '/api/v1/jobs', body)).id,
    listHistory: async (jobId) =>
      history.parse(await call('GET', `/api/v1/jobs/${jobId}/history?limit=200`)).items,
    deleteJob: async (jobId) => {
      await call('DELETE', `/api/v1/jobs/${jobId}`);
    },
  };
}
