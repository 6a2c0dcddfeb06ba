import * as z from 'zod';
import type { ZoneDataPass } from '../domain/zone-data-pass.ts';
import type { Queryable } from './pool.ts';

export type StoredZoneData = ZoneDataPass & { changedAt: Date | null };

const storedSchema = z.object({
  version: z.string().nullable(),
  olderSeenAt: z.date(),
  passStartedAt: z.date(),
  passJobId: z.number().nullable(),
  changedAt: z.date().nullable(),
});

const READ_ZONE_DATA = /* sql */ `
  select version, older_seen_at as "olderSeenAt", pass_started_at as "passStartedAt", pass_job_id as "passJobId",
         changed_at as "changedAt"
    from time_zone_data`;
const LOCK_ZONE_DATA = /* sql */ `${READ_ZONE_DATA} for update skip locked`;

export async function readZoneData(db: Queryable): Promise<StoredZoneData> {
  const { rows } = await db.query({ name: 'read_zone_data', text: READ_ZONE_DATA });
  return storedSchema.parse(rows[0]);
}

/** Reads the row and locks it until the transaction ends. Returns undefined while another tick has locked it. */
export async function lockZoneData(tx: Queryable): Promise<StoredZoneData | undefined> {
  const { rows } = await tx.query({ name: 'lock_zone_data', text: LOCK_ZONE_DATA });
  return rows[0] === undefined ? undefined : storedSchema.parse(rows[0]);
}

const SAVE_ZONE_DATA = /* sql */ `
  update time_zone_data
     set version = $1, older_seen_at = $2, pass_started_at = $3, pass_job_id = $4, changed_at = $5`;

/** Changes the row. Call it in the transaction that locked it. */
export async function saveZoneData(tx: Queryable, to: StoredZoneData): Promise<void> {
  const values = [to.version, to.olderSeenAt, to.passStartedAt, to.passJobId, to.changedAt];
  await tx.query({ name: 'save_zone_data', text: SAVE_ZONE_DATA, values });
}

export type StandingSchedule = { jobId: number; nextExecutionTime: Date; createdAt: Date };

// Ticks and changes of these jobs wait for the lock until the new times are written. Both lock such a row only for one
// short transaction.
const LOCK_SCHEDULES_AFTER = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime", created_at as "createdAt"
    from job_schedules
   where job_id > $1
   order by job_id
   limit $2
     for update`;

/** Locks a page of all schedules until the transaction ends, in the order of their job ids. */
export async function lockSchedulesAfter(
  tx: Queryable,
  jobId: number,
  limit: number,
): Promise<StandingSchedule[]> {
  const { rows } = await tx.query<StandingSchedule>({
    name: 'lock_schedules_after',
    text: LOCK_SCHEDULES_AFTER,
    values: [jobId, limit],
  });
  return rows;
}

/** Reads the schedules of jobs, without their requests. Call it after the schedules were locked. */
export async function findScheduleTexts(
  tx: Queryable,
  jobIds: readonly number[],
): Promise<Map<number, { schedule: string; timeZone: string }>> {
  const { rows } = await tx.query<{ id: number; schedule: string; timeZone: string }>({
    name: 'find_schedule_texts',
    text: /* sql */ `select id, schedule, time_zone as "timeZone" from jobs where id = any($1::bigint[])`,
    values: [jobIds],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

// Runs a subquery for each job. A join could read all executions of those days.
const FIND_LAST_DISPATCHED = /* sql */ `
  select j.id as "jobId",
         (select max(e.execution_time)
            from job_executions e
           where e.job_id = j.id
             and e.execution_time >= $2
             and e.trigger = 'SCHEDULE'
             and e.status <> 'CANCELLED') as "lastTime"
    from unnest($1::bigint[]) j (id)`;

/** Finds the latest dispatched occurrence of each job since an instant. Jobs without one are left out. */
export async function findLastDispatched(
  tx: Queryable,
  jobIds: readonly number[],
  since: Date,
): Promise<Map<number, Date>> {
  const { rows } = await tx.query<{ jobId: number; lastTime: Date | null }>({
    name: 'find_last_dispatched',
    text: FIND_LAST_DISPATCHED,
    values: [jobIds, since],
  });
  return new Map(rows.flatMap(({ jobId, lastTime }) => (lastTime === null ? [] : [[jobId, lastTime]])));
}
