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
 * Reads the row and locks it until the transaction ends. Read the outlook in a later statement: its snapshot then
 * contains every job whose creator read this row before the lock.
 */
export async function lockHibernation(tx: Queryable): Promise<StoredHibernation> {
  const { rows } = await tx.query({ name: 'lock_hibernation', text: LOCK_HIBERNATION });
  return storedSchema.parse(rows[0]);
}

/**
 * Reads the row for a caller that has committed a job. It waits for a tick that is deciding whether to fall asleep, and
 * returns the decision. A plain read could return `awake` while that tick, which does not see the job, is about to
 * commit.
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

/** Changes the row if it still has the given revision. Returns the new revision, or undefined if it did not change. */
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

// This is one statement, so that it reads one snapshot. The dispatch replaces a schedule by an execution in one
// transaction, and two statements could see neither of them. Each min() reads the first entry of an index in each
// partition. With `exists`, the plan could read a whole partition if outdated statistics promise an early match.
const READ_OUTLOOK = /* sql */ `
  select least(
           (select min(next_execution_time) from job_schedules where unreadable_until is null),
           (select min(unreadable_until) from job_schedules where unreadable_until is not null)
         ) as "nextDueAt",
         (select min(due_at) from job_executions where status in ('SCHEDULED', 'RETRYING')) is not null
         or (select min(lease_expires_at) from job_executions where status = 'RUNNING') is not null
         or exists (select from operations where state = 'RUNNING')
         or exists (select from outcome_batches)
         or exists (select from pending_callbacks)
         or exists (select from failing_jobs where must_pause)
           as "hasOpenWork"`;

export async function readOutlook(db: Queryable): Promise<Outlook> {
  const { rows } = await db.query<Outlook>({ name: 'read_outlook', text: READ_OUTLOOK });
  if (rows[0] === undefined) throw new Error('the outlook returned no row');
  return rows[0];
}
