import type { Pool } from '../../../lib/db/pool.ts';

/**
 * A log of every change of an execution. A trigger writes it in the transaction of the change, so it has exactly the committed
 * changes. Changes of one row wait for each other at its lock, so `seq` gives their order. `environment` is a setting that
 * each function environment gives its connections.
 */
const STATEMENTS = [
  /* sql */ `create schema chaos`,
  /* sql */ `
    create table chaos.transitions (
      seq bigint generated always as identity primary key,
      logged_at timestamptz not null default clock_timestamp(),
      environment text,
      execution_id bigint not null,
      job_id bigint not null,
      execution_time timestamptz not null,
      from_status text,
      to_status text not null,
      from_token uuid,
      to_token uuid,
      job_revision integer not null,
      retry_count integer not null,
      put_off_count integer not null,
      due_at timestamptz not null,
      lease_expires_at timestamptz,
      error_message text
    )`,
  /* sql */ `
    create function chaos.log_transition() returns trigger language plpgsql as $$
    begin
      insert into chaos.transitions (
        environment, execution_id, job_id, execution_time, from_status, to_status, from_token, to_token,
        job_revision, retry_count, put_off_count, due_at, lease_expires_at, error_message
      ) values (
        current_setting('chaos.environment', true), new.id, new.job_id, new.execution_time,
        case when tg_op = 'UPDATE' then old.status end, new.status,
        case when tg_op = 'UPDATE' then old.claim_token end, new.claim_token,
        new.job_revision, new.retry_count, new.put_off_count, new.due_at, new.lease_expires_at, new.error_message
      );
      return null;
    end $$`,
  /* sql */ `
    create trigger log_transition after insert or update on job_executions
    for each row execute function chaos.log_transition()`,
];

/** Creates the log in its own schema, which Belfry's functions do not know. */
export async function createLog(pool: Pool): Promise<void> {
  for (const statement of STATEMENTS) await pool.query(statement);
}
