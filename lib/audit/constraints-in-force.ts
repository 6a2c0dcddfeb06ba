import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';

/** What no query need look for, as long as the database holds it: an occurrence twice, or a claim of what does not run. */
export const constraintsInForce: AuditRule = {
  name: 'constraints-in-force',
  promise: 'the database refuses a second execution of an occurrence, and a claim of what does not run',
  check: async (tx, _settings, report) => {
    const tables = await readConstraints(tx);
    report.read(tables.length);
    for (const { table, isUnique, areClaimsChecked } of tables) {
      if (!isUnique) report.finding({ detail: `${table} may hold an occurrence twice` });
      if (!areClaimsChecked) report.finding({ detail: `${table} may hold a claim of what does not run` });
    }
  },
};

export type Constrained = { table: string; isUnique: boolean; areClaimsChecked: boolean };

// The catalogue alone, a row for each partition. An index that is not valid, or a check that is not validated, holds
// nothing of what was there before.
const READ_CONSTRAINTS = /* sql */ `
  select t.relid::regclass::text as "table",
         exists (
           select
             from pg_index x
            where x.indrelid = t.relid
              and x.indisunique
              and x.indisvalid
              and x.indpred is null
              and array(
                    select a.attname::text
                      from unnest(x.indkey::smallint[]) with ordinality k (attnum, place)
                      join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
                     order by k.place
                  ) = array['job_id', 'execution_time']
         ) as "isUnique",
         (
           select count(*)
             from pg_constraint c
            where c.conrelid = t.relid
              and c.contype = 'c'
              and c.convalidated
              and pg_get_constraintdef(c.oid) ~ '''RUNNING''::text\\) = \\((claim_token|lease_expires_at) IS NOT NULL'
         ) = 2 as "areClaimsChecked"
    from pg_partition_tree('job_executions') t
   order by 1`;

/** For `job_executions` and each of its partitions: whether what the database itself is to hold is in force. */
export async function readConstraints(db: Queryable): Promise<Constrained[]> {
  const { rows } = await db.query<Constrained>({ name: 'audit_constraints', text: READ_CONSTRAINTS });
  return rows;
}
