import type { Job } from '../../../api/types.ts';

export type SentHeader = { name: string; value: string; origin: 'job' | 'belfry' };

const OWN: readonly (readonly [string, string])[] = [
  ['idempotency-key', 'belfry-…, the same for each attempt'],
  ['x-belfry-execution-id', 'the id of the execution'],
  ['x-belfry-attempt', 'the number of the attempt'],
  ['x-belfry-scheduled-at', 'the execution time'],
  ['webhook-id', 'the same as idempotency-key'],
  ['webhook-timestamp', 'the time of the attempt'],
  ['webhook-signature', 'the signature of the attempt'],
];

/** The text of a body as it is sent: strings unchanged, other values as JSON. Undefined for no body. */
export function bodyText({ body }: Pick<Job, 'body'>): string | undefined {
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** The headers of a job's request: its own, and the ones of Belfry. */
export function sentHeaders(job: Pick<Job, 'headers' | 'body' | 'isTraced'>): SentHeader[] {
  const names = new Set(Object.keys(job.headers).map((name) => name.toLowerCase()));
  const isJson = job.body !== undefined && job.body !== null && typeof job.body !== 'string';
  const added: (readonly [string, string])[] = [
    ['user-agent', 'Belfry'],
    ...(isJson ? [['content-type', 'application/json'] as const] : []),
    ...(job.isTraced ? [['traceparent', 'the trace of the attempt'] as const] : []),
  ];
  return [
    ...Object.entries(job.headers).map(([name, value]) => ({ name, value, origin: 'job' as const })),
    ...[...added.filter(([name]) => !names.has(name)), ...OWN].map(([name, value]) => ({
      name,
      value,
      origin: 'belfry' as const,
    })),
  ];
}
