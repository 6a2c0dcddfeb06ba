import { makeDeclareJob } from '../../lib/app/declare-job.ts';
import { awaitDatabase } from '../../lib/app/once-it-answers.ts';
import { makeRetractJob } from '../../lib/app/retract-job.ts';
import { ZONE_DATA_VERSION } from '../../lib/domain/schedule/time-zone.ts';
import { databaseConnections } from '../../lib/topology.ts';
import { connectWithKeysFromEnv } from '../compose/connections.ts';
import { jobUseCases } from '../compose/job-use-cases.ts';
import type { DeclaredJobsDeps } from './handler.ts';

export function fromEnv(): DeclaredJobsDeps {
  const connections = connectWithKeysFromEnv('belfry-declared-jobs', process.env, {
    databaseConnections: databaseConnections.declaredJobs,
    statementTimeoutMs: 10_000,
    publishTimeoutMs: 5_000,
  });
  connections.logger.info('function_started', { timeZoneData: ZONE_DATA_VERSION });
  const deps = { ...connections, ...jobUseCases(connections) };
  return {
    clock: connections.clock,
    logger: connections.logger,
    awaitDatabase: (untilMs) => awaitDatabase(connections, untilMs),
    declareJob: makeDeclareJob(deps),
    retractJob: makeRetractJob(deps),
    outgoing: connections.config.outgoing,
  };
}
