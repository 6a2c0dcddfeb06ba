import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections } from '../../lib/topology.ts';
import { composeApi } from '../compose/api.ts';
import { connectWithKeysFromEnv } from '../compose/connections.ts';
import { tickScheduleOf } from '../compose/tick-schedule.ts';
import { makeHandler } from './handler.ts';

const connections = connectWithKeysFromEnv('belfry-api', process.env, {
  databaseConnections: databaseConnections.api,
  statementTimeoutMs: 10_000,
  publishTimeoutMs: 5_000,
});
connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });

const { config } = connections;
const { rateLimit, corsOrigins, outgoing, deployment } = config;
export const handler = makeHandler(
  composeApi({ ...connections, rateLimit, corsOrigins, outgoing, deployment, ticks: tickScheduleOf(config) }),
);
