import { makeAdoptZoneData } from '../../lib/app/adopt-zone-data.ts';
import { makeDispatch } from '../../lib/app/dispatch.ts';
import { makeFallAsleep } from '../../lib/app/hibernate/fall-asleep.ts';
import { makeHibernatingTick } from '../../lib/app/hibernate/hibernating-tick.ts';
import { makeMeasureQueue } from '../../lib/app/measure-queue.ts';
import { makeReconcile } from '../../lib/app/reconcile.ts';
import { makeRotatePartitions } from '../../lib/app/rotate-partitions.ts';
import { makeRunTick, type RunTick } from '../../lib/app/run-tick.ts';
import { ROLE_STATEMENT_TIMEOUT_MS } from '../../lib/db/role-timeouts.ts';
import { lookAheadWhenResuming } from '../../lib/domain/hibernation.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections, timings } from '../../lib/topology.ts';
import { connectFromEnv, type Connections } from '../compose/connections.ts';
import { dispatchSettings } from '../compose/settings.ts';
import { tickScheduleOf } from '../compose/tick-schedule.ts';
import type { SchedulerDeps } from './handler.ts';

export function fromEnv(): SchedulerDeps {
  const connections = connectFromEnv('belfry-scheduler', process.env, {
    databaseConnections: databaseConnections.scheduler,
    statementTimeoutMs: ROLE_STATEMENT_TIMEOUT_MS,
    // Some 300 calls of 25 ms, four at a time, are the most that one tick sends.
    publishTimeoutMs: 15_000,
  });
  connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });
  return {
    ...connections,
    runTick: composeTick(connections),
    measureQueue: makeMeasureQueue(connections),
  };
}

function composeTick(connections: Connections): RunTick {
  const settings = dispatchSettings(connections.config);
  const { retentionDays } = connections.config;
  const parts = {
    ...connections,
    partitions: makeRotatePartitions({ pool: connections.pool, retentionDays }),
    adoptZoneData: makeAdoptZoneData({ ...connections, version: ZONE_DATA_VERSION }),
    dispatch: makeDispatch({ ...connections, settings }),
    reconcile: makeReconcile({
      ...connections,
      settings: {
        ...settings,
        recordingGraceMs: timings.recordingGraceMs,
        executionsPerBatch: 1_000,
        maxOverdueWakeUps: connections.config.maxWorkers,
      },
    }),
  };
  const runTick = makeRunTick({ ...parts, settings });
  const ticks = tickScheduleOf(connections.config);
  if (ticks === undefined) return runTick;
  const lookAheadMs = lookAheadWhenResuming(settings.lookAheadMs);
  const runFirstTick = makeRunTick({ ...parts, settings: { ...settings, lookAheadMs } });
  const deps = { ...connections, settings, ticks };
  return makeHibernatingTick({ ...deps, runTick, runFirstTick, fallAsleep: makeFallAsleep(deps) });
}
