import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';

/**
 * No other rule looks for duplicate occurrences, for claims of executions that do not run or for two jobs with one key:
 * constraints prevent them.
 */
export const constraintsInForce: AuditRule = {
  name: 'constraints-in-force',
  promise:
    'constraints prevent a second execution of an occurrence, a claim of an execution that does not run, and a second job with a key',
  check: async (tx, _settings, report) => {
    if (!(await areKeysUnique(tx))) {
      report.finding({ detail: 'jobs has no valid unique index on the keys of live jobs' });
    }
    const tables = await readConstraints(tx);
    report.read(tables.length);
    for (const { table, isUnique, areClaimsChecked } of tables) {
      if (!isUnique)
        report.finding({ detail: `${table} has no valid unique index on (job_id, execution_time)` });
      if (!areClaimsChecked) report.finding({ detail: `${table} has no valid check of claims and leases` });
    }
  },
};

export type Constrained = { table: string; isUnique: boolean; areClaimsChecked: boolean };

// Reads only the catalogue, with a row for each partition. An index that is not valid, and a check that is not
// validated, guarantee nothing about rows that existed before them.
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

/**
 * Reads, for `job_executions` and each of its partitions, whether the constraints that the audit depends on are in
 * force.
 */
export async function readConstraints(db: Queryable): Promise<Constrained[]> {
  const { rows } = await db.query<Constrained>({ name: 'audit_constraints', text: READ_CONSTRAINTS });
  return rows;
}

const ARE_KEYS_UNIQUE = /* sql */ `
  select exists (
           select
             from pg_index x
            where x.indrelid = 'jobs'::regclass
              and x.indisunique
              and x.indisvalid
              and pg_get_indexdef(x.indexrelid) like '%(key) WHERE ((key IS NOT NULL) AND (deleted_at IS NULL))'
         ) as "areUnique"`;

async function areKeysUnique(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ areUnique: boolean }>({ name: 'audit_keys', text: ARE_KEYS_UNIQUE });
  return rows[0]?.areUnique === true;
}
