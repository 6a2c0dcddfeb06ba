import { type Damage, dropClaimChecks } from './damage.ts';

export const constraints: Damage[] = [
  {
    rule: 'constraints-in-force',
    what: 'a missing unique constraint',
    make: (tx) =>
      tx.query('alter table job_executions drop constraint job_executions_job_id_execution_time_key'),
    says: /has no valid unique index on \(job_id, execution_time\)$/,
  },
  {
    rule: 'constraints-in-force',
    what: 'missing checks of claims',
    make: dropClaimChecks,
    says: /has no valid check of claims and leases$/,
  },
  {
    rule: 'constraints-in-force',
    what: 'a missing unique index on keys',
    make: (tx) => tx.query('drop index jobs_live_key'),
    says: /^jobs has no valid unique index on the keys of live jobs$/,
  },
];
