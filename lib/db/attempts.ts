import type { Attempt } from '../domain/attempt.ts';
import type { Queryable } from './pool.ts';

/** An attempt that gets a row, with the execution to which it belongs. */
export type NewAttempt = Attempt & { executionId: number; executionTime: Date };

// The attempts are one JSON parameter. Few outcomes have one, and 20 arrays would cost more than they save.
const JSON_COLUMNS = /* sql */ `
  execution_id bigint, number integer, execution_time timestamptz, status text, started_at timestamptz,
  finished_at timestamptz, duration_ms integer, lateness_ms bigint, reason text, error_code text, error_message text,
  status_code smallint, is_connection_reused boolean, first_byte_ms integer, dns_ms integer, connect_ms integer,
  tls_ms integer, retry_at timestamptz, response_headers json, response_body text, response_body_encoding text,
  response_body_bytes integer`;

const COLUMN_NAMES = /* sql */ `
  execution_id, number, execution_time, status, started_at, finished_at, duration_ms, lateness_ms, reason, error_code,
  error_message, status_code, is_connection_reused, first_byte_ms, dns_ms, connect_ms, tls_ms, retry_at,
  response_headers, response_body, response_body_encoding, response_body_bytes`;

/**
 * Inserts the attempts of the JSON parameter $20 whose outcomes are in `recorded (id, status)`, so that a lost claim adds no
 * attempt. A retry of a withdrawn execution does not happen.
 */
export const INSERT_RECORDED_ATTEMPTS = /* sql */ `
  insert into job_attempts (${COLUMN_NAMES})
  select a.execution_id, a.number, a.execution_time, a.status, a.started_at, a.finished_at, a.duration_ms, a.lateness_ms,
         a.reason, a.error_code, a.error_message, a.status_code, a.is_connection_reused, a.first_byte_ms, a.dns_ms,
         a.connect_ms, a.tls_ms, case when r.status = 'RETRYING' then a.retry_at end, a.response_headers,
         a.response_body, a.response_body_encoding, a.response_body_bytes
    from json_to_recordset($20::json) as a (${JSON_COLUMNS})
    join recorded r on r.id = a.execution_id
      on conflict (execution_id, number) do nothing`;

export function toAttemptsJson(attempts: readonly NewAttempt[]): string {
  return JSON.stringify(
    attempts.map(({ response, ...attempt }) => ({
      execution_id: attempt.executionId,
      number: attempt.number,
      execution_time: attempt.executionTime,
      status: attempt.status,
      started_at: attempt.startedAt,
      finished_at: attempt.finishedAt,
      duration_ms: attempt.durationMs,
      lateness_ms: attempt.latenessMs,
      reason: attempt.reason,
      error_code: attempt.errorCode,
      error_message: attempt.errorMessage,
      status_code: attempt.statusCode,
      is_connection_reused: attempt.isConnectionReused,
      first_byte_ms: attempt.firstByteMs,
      dns_ms: attempt.dnsMs,
      connect_ms: attempt.connectMs,
      tls_ms: attempt.tlsMs,
      retry_at: attempt.retryAt,
      response_headers: response?.headers ?? null,
      response_body: response?.body ?? null,
      response_body_encoding: response?.bodyEncoding ?? null,
      response_body_bytes: response?.bodyBytes ?? null,
    })),
  );
}

const LIST_ATTEMPTS = /* sql */ `
  select number, status, started_at as "startedAt", finished_at as "finishedAt", duration_ms as "durationMs",
         lateness_ms as "latenessMs", reason, error_code as "errorCode", error_message as "errorMessage",
         status_code as "statusCode", is_connection_reused as "isConnectionReused", first_byte_ms as "firstByteMs",
         dns_ms as "dnsMs", connect_ms as "connectMs", tls_ms as "tlsMs", retry_at as "retryAt",
         case when response_headers is not null then
           json_build_object(
             'headers', response_headers, 'body', response_body, 'bodyEncoding', response_body_encoding,
             'bodyBytes', response_body_bytes)
         end as response
    from job_attempts
   where execution_id = $1
   order by number
   limit $2`;

/** Lists the attempts of an execution that have a row, the first one first. */
export async function listAttempts(db: Queryable, executionId: number, limit: number): Promise<Attempt[]> {
  const { rows } = await db.query<Attempt>({
    name: 'list_attempts',
    text: LIST_ATTEMPTS,
    values: [executionId, limit],
  });
  return rows;
}

const DELETE_OLD_ATTEMPTS = /* sql */ `
  delete from job_attempts
   where ctid = any (array(
           select ctid
             from job_attempts
            where execution_time < $1
            order by execution_time
            limit $2))`;

/** Deletes attempts of executions before the instant, the oldest first. Returns their number. */
export async function deleteOldAttempts(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_attempts',
    text: DELETE_OLD_ATTEMPTS,
    values: [before, limit],
  });
  return rowCount ?? 0;
}
