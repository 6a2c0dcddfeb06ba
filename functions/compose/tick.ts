import { makeAdoptZoneData } from '../../lib/app/adopt-zone-data.ts';
import { makeCountUpcomingLoad } from '../../lib/app/count-upcoming-load.ts';
import { type DispatchDeps, makeDispatch } from '../../lib/app/dispatch.ts';
import { makeFollowFailures } from '../../lib/app/callbacks/follow-failures.ts';
import { makeDropOldCounts } from '../../lib/app/drop-old-counts.ts';
import { makeFoldOutcomes } from '../../lib/app/fold-outcomes.ts';
import { makeFallAsleep } from '../../lib/app/hibernate/fall-asleep.ts';
import { makeHibernatingTick } from '../../lib/app/hibernate/hibernating-tick.ts';
import { makeDeleteFinishedJobs } from '../../lib/app/delete-finished-jobs.ts';
import { makePruneIdempotencyKeys } from '../../lib/app/prune-idempotency-keys.ts';
import { makePruneAttempts } from '../../lib/app/prune-attempts.ts';
import { makeDropOldFailures, makeGroupFailures } from '../../lib/app/group-failures.ts';
import { makePrune } from '../../lib/app/prune.ts';
import { makePurgeJobs } from '../../lib/app/purge-jobs.ts';
import { makeReconcile } from '../../lib/app/reconcile/reconcile.ts';
import { makeRotatePartitions } from '../../lib/app/rotate-partitions.ts';
import { makeRunTick, type RunTick } from '../../lib/app/run-tick.ts';
import { deleteOldAuditLog } from '../../lib/db/audit-log.ts';
import { deleteOldOperations } from '../../lib/db/operations.ts';
import { deleteOldExpiredKeys, deleteOldRevokedKeys } from '../../lib/db/revoke-api-keys.ts';
import type { CallbackTargets } from '../../lib/domain/callback.ts';
import { UnavailableError } from '../../lib/domain/errors.ts';
import { lookAheadWhenResuming } from '../../lib/domain/hibernation.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import type { TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import type { DataKeys } from '../../lib/secrets/data-keys.ts';
import { composeCallbacks } from './callbacks.ts';
import { composeJobUseCases, type JobParts } from './job-use-cases.ts';
import { composeRunOperations } from './operations.ts';
import type { Settings } from './settings.ts';

export type TickParts = DispatchDeps &
  Omit<JobParts, 'dataKeys'> & {
    settings: Settings;
    retentionDays: number;
    auditRetentionDays: number;
    callbackTargets: CallbackTargets;
    /** Undefined if the minute tick is never turned off. */
    ticks: TickSchedule | undefined;
  };

/** How long an operation that has ended is listed. */
const OPERATIONS_KEPT_DAYS = 90;

/** The keys of secret headers, for a function that opens and seals none. */
const NO_KEYS: DataKeys = {
  get: () => Promise.reject(new UnavailableError('the key ring')),
  having: () => Promise.reject(new UnavailableError('the key ring')),
};

/** Composes the scheduler's tick. It hibernates if there is a schedule that it can turn off. */
export function composeTick(parts: TickParts): RunTick {
  const { pool, settings, ticks } = parts;
  // Operations change jobs without touching their secrets, so that the scheduler needs no keys.
  const runOperations = composeRunOperations(parts, composeJobUseCases({ ...parts, dataKeys: NO_KEYS }));
  const groupFailures = makeGroupFailures(parts);
  const deps = {
    ...parts,
    partitions: makeRotatePartitions(parts),
    adoptZoneData: makeAdoptZoneData({ ...parts, version: ZONE_DATA_VERSION }),
    dispatch: makeDispatch(parts),
    reconcile: makeReconcile(parts),
    foldOutcomes: makeFoldOutcomes(parts),
    upkeep: [
      { part: 'callbacks' as const, run: makeFollowFailures({ ...parts, ...composeCallbacks(parts) }) },
      { part: 'finished jobs' as const, run: makeDeleteFinishedJobs(parts) },
      { part: 'finished jobs' as const, run: makePurgeJobs(parts) },
      { part: 'attempts' as const, run: makePruneAttempts(parts) },
      { part: 'statistics' as const, run: makeDropOldCounts(parts) },
      { part: 'failures' as const, run: (_: Date, options: { untilMs: number }) => groupFailures(options) },
      { part: 'failures' as const, run: makeDropOldFailures(parts) },
      { part: 'idempotency keys' as const, run: makePruneIdempotencyKeys(parts) },
      {
        part: 'audit log' as const,
        run: makePrune({ pool, retentionDays: parts.auditRetentionDays, deleteOld: deleteOldAuditLog }),
      },
      ...[deleteOldRevokedKeys, deleteOldExpiredKeys].map((deleteOld) => ({
        part: 'API keys' as const,
        run: makePrune({ pool, retentionDays: parts.auditRetentionDays, deleteOld }),
      })),
      {
        part: 'operations' as const,
        run: makePrune({ pool, retentionDays: OPERATIONS_KEPT_DAYS, deleteOld: deleteOldOperations }),
      },
      { part: 'upcoming load' as const, run: makeCountUpcomingLoad(parts) },
      // The last part: a large operation takes all the time that is left, in every tick until it ends.
      { part: 'operations' as const, run: (_: Date, options: { untilMs: number }) => runOperations(options) },
    ],
  };
  const runTick = makeRunTick(deps);
  if (ticks === undefined) return runTick;
  const lookAheadMs = lookAheadWhenResuming(settings.lookAheadMs);
  const runFirstTick = makeRunTick({ ...deps, settings: { ...settings, lookAheadMs } });
  const hibernating = { ...parts, ticks };
  return makeHibernatingTick({
    ...hibernating,
    runTick,
    runFirstTick,
    fallAsleep: makeFallAsleep(hibernating),
  });
}
