import type { CallbackEvent } from '../domain/callback.ts';
import type { Queryable } from './pool.ts';

/** A report that is not an execution yet. `url` is null for the target of the deployment. `data` is JSON. */
export type PendingCallback = {
  id: number;
  event: CallbackEvent;
  jobId: number;
  originId: number;
  url: string | null;
  createdAt: Date;
  data: string;
};

// Skips rows that another tick or worker takes at the same time.
const TAKE_PENDING_CALLBACKS = /* sql */ `
  delete from pending_callbacks
   where id in (select id from pending_callbacks order by id limit $1 for update skip locked)
  returning id, event, job_id as "jobId", origin_id as "originId", url, created_at as "createdAt", data::text as data`;

/** Takes the oldest reports. Store their executions in the same transaction. */
export async function takePendingCallbacks(tx: Queryable, limit: number): Promise<PendingCallback[]> {
  const { rows } = await tx.query<PendingCallback>({
    name: 'take_pending_callbacks',
    text: TAKE_PENDING_CALLBACKS,
    values: [limit],
  });
  return rows.toSorted((a, b) => a.id - b.id);
}

const KEEP_CALLBACK_TARGETS = /* sql */ `
  update callback_targets
     set has_failure_target = $1, has_recovery_target = $2
   where (has_failure_target, has_recovery_target) is distinct from ($1, $2)`;

/** Stores whether the deployment has targets for jobs without one. */
export async function keepCallbackTargets(
  db: Queryable,
  has: { failureTarget: boolean; recoveryTarget: boolean },
): Promise<void> {
  await db.query({
    name: 'keep_callback_targets',
    text: KEEP_CALLBACK_TARGETS,
    values: [has.failureTarget, has.recoveryTarget],
  });
}
