import { makeAdoptZoneData } from '../../lib/app/adopt-zone-data.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { makeChangeJob } from '../../lib/app/change-job.ts';
import { makeCreateJob } from '../../lib/app/create-jobs.ts';
import { makeDeliver } from '../../lib/app/deliver.ts';
import { makeDispatch } from '../../lib/app/dispatch.ts';
import { makeFallAsleep } from '../../lib/app/hibernate/fall-asleep.ts';
import { makeHibernatingTick } from '../../lib/app/hibernate/hibernating-tick.ts';
import { makeResumingDispatch } from '../../lib/app/hibernate/resuming-dispatch.ts';
import { makeReconcile } from '../../lib/app/reconcile.ts';
import { makeRotatePartitions } from '../../lib/app/rotate-partitions.ts';
import { makeRunTick } from '../../lib/app/run-tick.ts';
import { lookAheadWhenResuming } from '../../lib/domain/hibernation.ts';
import type { TickSchedule } from '../../lib/eventbridge/tick-schedule.ts';
import { type Parts, RETENTION_DAYS } from './belfry.ts';
import { makeTestDataKeys } from './key-rings.ts';

export type HibernationParts = Omit<Parts, 'callTarget' | 'newId' | 'dataKeys'> & { ticks: TickSchedule };

/** The tick and the API's use cases, as the functions compose them where hibernation is configured. */
export function composeHibernating(parts: HibernationParts) {
  const { settings } = parts;
  const dispatch = makeDispatch(parts);
  const partitions = makeRotatePartitions({ pool: parts.pool, retentionDays: RETENTION_DAYS });
  const ticking = {
    ...parts,
    dispatch,
    partitions,
    adoptZoneData: makeAdoptZoneData({ ...parts, version: ZONE_DATA_VERSION }),
    reconcile: makeReconcile(parts),
  };
  const lookAheadMs = lookAheadWhenResuming(settings.lookAheadMs);
  const fallAsleep = makeFallAsleep(parts);
  const dataKeys = makeTestDataKeys();
  const dispatchSoon = makeResumingDispatch({ ...parts, dispatch });
  const api = { ...parts, dataKeys, dispatchSoon, deliver: makeDeliver(parts) };
  return {
    fallAsleep,
    runTick: makeHibernatingTick({
      ...parts,
      fallAsleep,
      runTick: makeRunTick(ticking),
      runFirstTick: makeRunTick({ ...ticking, settings: { ...settings, lookAheadMs } }),
    }),
    dispatchSoon: api.dispatchSoon,
    createJob: makeCreateJob(api),
    changeJob: makeChangeJob(api),
  };
}
