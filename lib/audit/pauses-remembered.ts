import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { toPage, walk, type Page } from './walk.ts';

export const pausesRemembered: AuditRule = {
  name: 'pauses-remembered',
  promise: 'a job that Belfry paused for its failures is known as such until it is resumed or deleted',
  check: async (tx, { rowsPerPage }, report) => {
    await walk(
      report,
      0,
      (after) => findEndedPauses(tx, after, rowsPerPage),
      (found) => {
        for (const { jobId } of found)
          report.finding({ jobId, detail: 'it is known as paused by failures, but is active or deleted' });
      },
    );
    await walk(
      report,
      0,
      (after) => findForgottenPauses(tx, after, rowsPerPage),
      (found) => {
        for (const { jobId } of found)
          report.finding({
            jobId,
            detail: 'Belfry has paused it for its failures, but it is not known as such',
          });
      },
    );
  },
};

type Found = { jobId: number };
type Row = Found & { read: number; last: number | null };

// Subqueries find each job by its primary key. A join could read the whole table.
const FIND_ENDED_PAUSES = /* sql */ `
  with page as materialized (
    select job_id from paused_by_failures where job_id > $1 order by job_id limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(job_id) as last from page) p
    left join (
           select c.job_id as "jobId"
             from page c
            where (select true
                     from jobs j
                    where j.id = c.job_id
                      and not j.is_active
                      and j.deleted_at is null) is null
         ) f on true`;

const FIND_FORGOTTEN_PAUSES = /* sql */ `
  with page as materialized (
    select job_id, paused_at from failing_jobs where job_id > $1 order by job_id limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(job_id) as last from page) p
    left join (
           select c.job_id as "jobId"
             from page c
            where c.paused_at is not null
              and (select true from paused_by_failures p where p.job_id = c.job_id) is null
         ) f on true`;

async function readPage(
  db: Queryable,
  { name, text }: { name: string; text: string },
  after: number,
  limit: number,
): Promise<Page<number, Found>> {
  const { rows } = await db.query<Row>({ name, text, values: [after, limit] });
  return toPage(rows, { limit, isFound: ({ jobId }) => jobId !== null });
}

/** Finds jobs that are known as paused by failures, and are not paused. */
export const findEndedPauses = (db: Queryable, after: number, limit: number): Promise<Page<number, Found>> =>
  readPage(db, { name: 'audit_ended_pauses', text: FIND_ENDED_PAUSES }, after, limit);

/** Finds failing jobs that Belfry has paused, and that are not known as such. */
export const findForgottenPauses = (
  db: Queryable,
  after: number,
  limit: number,
): Promise<Page<number, Found>> =>
  readPage(db, { name: 'audit_forgotten_pauses', text: FIND_FORGOTTEN_PAUSES }, after, limit);
