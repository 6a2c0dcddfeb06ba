import * as z from 'zod';
import { hibernationStates, type Hibernation, type Outlook } from '../domain/hibernation.ts';
import type { Queryable } from './pool.ts';

export type StoredHibernation = Hibernation & { revision: number; changedAt: Date };

const storedSchema = z.object({
  state: z.enum(hibernationStates),
  sleepsUntil: z.date().nullable(),
  settlesAt: z.date().nullable(),
  revision: z.number(),
  changedAt: z.date(),
});

const READ_HIBERNATION = /* sql */ `
  select state, sleeps_until as "sleepsUntil", settles_at as "settlesAt", revision, changed_at as "changedAt"
    from hibernation`;
const LOCK_HIBERNATION = /* sql */ `${READ_HIBERNATION} for update`;
const READ_DECIDED_HIBERNATION = /* sql */ `${READ_HIBERNATION} for share`;

export async function readHibernation(db: Queryable): Promise<StoredHibernation> {
  const { rows } = await db.query({ name: 'read_hibernation', text: READ_HIBERNATION });
  return storedSchema.parse(rows[0]);
}

/**
 * Held until the transaction ends. What is to come must be read in a later statement: that one's snapshot then holds
 * every job whose creator read this row before.
 */
export async function lockHibernation(tx: Queryable): Promise<StoredHibernation> {
  const { rows } = await tx.query({ name: 'lock_hibernation', text: LOCK_HIBERNATION });
  return storedSchema.parse(rows[0]);
}

/**
 * For whoever has committed a job: waits for a tick that is deciding whether to fall asleep, and returns what it came
 * to. A plain read could return `awake` while that tick, which no longer sees the job, is about to commit.
 */
export async function readDecidedHibernation(db: Queryable): Promise<StoredHibernation> {
  const { rows } = await db.query({ name: 'read_decided_hibernation', text: READ_DECIDED_HIBERNATION });
  return storedSchema.parse(rows[0]);
}

const CHANGE_HIBERNATION = /* sql */ `
  update hibernation
     set state = $2, sleeps_until = $3, settles_at = $4, revision = revision + 1, changed_at = $5
   where revision = $1
  returning revision`;

/** Returns the new revision; undefined when the row is no longer at the revision given, and nothing was changed. */
export async function changeHibernation(
  db: Queryable,
  fromRevision: number,
  to: Hibernation,
  now: Date,
): Promise<number | undefined> {
  const { rows } = await db.query<{ revision: number }>({
    name: 'change_hibernation',
    text: CHANGE_HIBERNATION,
    values: [fromRevision, to.state, to.sleepsUntil, to.settlesAt, now],
  });
  return rows[0]?.revision;
}

// One statement, so one snapshot: dispatching turns a schedule into an execution in one transaction, and between two
// snapshots a job could be seen as neither. Each min() is the first entry of an index, in each partition; for
// `exists` a plan may read a whole partition, where old statistics promise a match soon.
const READ_OUTLOOK = /* sql */ `
  select least(
           (select min(next_execution_time) from job_schedules where unreadable_until is null),
           (select min(unreadable_until) from job_schedules where unreadable_until is not null)
         ) as "nextDueAt",
         (select min(due_at) from job_executions where status in ('SCHEDULED', 'RETRYING')) is not null
         or (select min(lease_expires_at) from job_executions where status = 'RUNNING') is not null
           as "hasOpenExecutions"`;

export async function readOutlook(db: Queryable): Promise<Outlook> {
  const { rows } = await db.query<Outlook>({ name: 'read_outlook', text: READ_OUTLOOK });
  if (rows[0] === undefined) throw new Error('the outlook has no row');
  return rows[0];
}
