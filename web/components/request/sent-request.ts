import type { Execution, Job } from '../../api/types.ts';

/** What a job says of its request. */
export type SentRequest = Pick<Job, 'method' | 'api' | 'headers' | 'body' | 'isTraced'>;
/** A header field. Its value is words where nothing knows the value itself. */
export type SentHeader = { name: string; value: string; isWords: boolean };

type Own = readonly (readonly [name: string, value: string, isWords?: boolean])[];

/** The header fields that Belfry adds to each request, before there is an execution. */
const UPCOMING: Own = [
  ['idempotency-key', 'belfry-…, the same for each attempt', true],
  ['x-belfry-execution-id', 'the id of the execution', true],
  ['x-belfry-attempt', 'the number of the attempt', true],
  ['x-belfry-scheduled-at', 'the execution time', true],
  ['webhook-id', 'the same as idempotency-key', true],
];

/** The same of the first attempt of an execution. */
function ofExecution({ id, jobId, executionTime, trigger }: SentExecution): Own {
  const messageId = `belfry-${jobId}-${Date.parse(executionTime)}-${id}`;
  return [
    ['idempotency-key', messageId],
    ['x-belfry-execution-id', String(id)],
    ['x-belfry-attempt', '1'],
    ['x-belfry-scheduled-at', executionTime],
    ['x-belfry-trigger', trigger],
    ['webhook-id', messageId],
  ];
}

/** The header fields whose values are not stored. */
const UNSTORED: Own = [
  ['webhook-timestamp', 'the time of the attempt', true],
  ['webhook-signature', 'the signature of the attempt', true],
];

export type SentExecution = Pick<Execution, 'id' | 'jobId' | 'executionTime' | 'trigger'>;

/** The text of a body as it is sent: strings unchanged, other values as JSON. Undefined for no body. */
export function bodyText({ body }: Pick<Job, 'body'>): string | undefined {
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/**
 * The header fields of a job's request: its own, and the ones of Belfry.
 *
 * @param execution the execution whose first attempt was sent; left out before there is one.
 */
export function sentHeaders(
  job: Pick<Job, 'headers' | 'body' | 'isTraced'>,
  execution?: SentExecution,
): SentHeader[] {
  const names = new Set(Object.keys(job.headers).map((name) => name.toLowerCase()));
  const isJson = job.body !== undefined && job.body !== null && typeof job.body !== 'string';
  const added: Own = [
    ['user-agent', 'Belfry'],
    ...(isJson ? [['content-type', 'application/json'] as const] : []),
    ...(job.isTraced ? [['traceparent', 'the trace of the attempt', true] as const] : []),
  ];
  return [
    ...Object.entries(job.headers).map(([name, value]) => ({ name, value, isWords: false })),
    ...[
      ...added.filter(([name]) => !names.has(name)),
      ...(execution === undefined ? UPCOMING : ofExecution(execution)),
      ...UNSTORED,
    ].map(([name, value, isWords = false]) => ({ name, value, isWords })),
  ];
}
