import { Pool } from 'undici';
import * as z from 'zod';
import type { RunFile } from '../../local/data-dir/run-file.ts';

export type ApiRequest = { method: 'GET' | 'POST' | 'PATCH'; path: string; body?: string };

export type ApiClient = {
  /** Sends one request and reads its whole answer. @throws Error when the status is not the one expected. */
  send: (request: ApiRequest, expectedStatus?: number) => Promise<string>;
  close: () => Promise<void>;
};

/** Opens a client of the API with at most `connections` kept-alive connections. */
export function openApiClient(
  { address, apiKey }: Pick<RunFile, 'address' | 'apiKey'>,
  connections: number,
): ApiClient {
  const pool = new Pool(address, { connections });
  return {
    send: async ({ method, path, body }, expectedStatus = method === 'POST' ? 201 : 200) => {
      const { statusCode, body: answer } = await pool.request({
        method,
        path,
        headers: {
          'x-api-key': apiKey,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      if (statusCode !== expectedStatus)
        throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
      return text;
    },
    close: () => pool.close(),
  };
}

/** A daily cron at a minute that depends on the job and is far enough away that no tick dispatches it. */
export function distantCron(place: number): string {
  const inHours = new Date(Date.now() + (2 + (place % 20)) * 3_600_000);
  return `${place % 60} ${inHours.getUTCHours()} * * *`;
}

const idSchema = z.object({ id: z.int() });
export const idOf = (answer: string): number => idSchema.parse(JSON.parse(answer)).id;

const idsSchema = z.object({ items: z.array(idSchema) });
const idsOf = (answer: string): number[] => idsSchema.parse(JSON.parse(answer)).items.map(({ id }) => id);

/** Posts a batch of at most 1,000 jobs, and returns their ids. */
export async function postJobs(client: ApiClient, jobs: readonly object[]): Promise<number[]> {
  const body = JSON.stringify(jobs);
  return idsOf(await client.send({ method: 'POST', path: '/api/v1/jobs/batch', body }));
}
