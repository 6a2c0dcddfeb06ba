import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections } from '../../lib/topology.ts';
import { connectWithKeysFromEnv } from '../compose/connections.ts';
import { composeDeclaredJobs } from '../compose/declared-jobs.ts';
import { tickScheduleOf } from '../compose/tick-schedule.ts';
import { makeHandler } from './handler.ts';

const connections = connectWithKeysFromEnv('belfry-declared-jobs', process.env, {
  databaseConnections: databaseConnections.declaredJobs,
  statementTimeoutMs: 10_000,
  publishTimeoutMs: 5_000,
});
connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });

const { config } = connections;
export const handler = makeHandler(
  composeDeclaredJobs({ ...connections, outgoing: config.outgoing, ticks: tickScheduleOf(config) }),
);
