import { makeMeasureQueue } from '../../lib/app/measure-queue.ts';
import { ROLE_STATEMENT_TIMEOUT_MS } from '../../lib/db/role-settings.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections } from '../../lib/topology.ts';
import { connectFromEnv } from '../compose/connections.ts';
import { composeTick } from '../compose/tick.ts';
import { tickScheduleOf } from '../compose/tick-schedule.ts';
import { makeHandler } from './handler.ts';

const connections = connectFromEnv('belfry-scheduler', process.env, {
  databaseConnections: databaseConnections.scheduler,
  statementTimeoutMs: ROLE_STATEMENT_TIMEOUT_MS,
  // One tick sends at most about 300 calls of 25 ms, four at a time.
  publishTimeoutMs: 15_000,
});
connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });

const { retentionDays, auditRetentionDays, callbackTargets } = connections.config;
const ticks = tickScheduleOf(connections.config);
export const handler = makeHandler({
  ...connections,
  runTick: composeTick({ ...connections, retentionDays, auditRetentionDays, callbackTargets, ticks }),
  measureQueue: makeMeasureQueue(connections),
});
