import { databaseConnections } from '../../lib/topology.ts';
import { composeCallTarget } from '../compose/call-target.ts';
import { connectWithKeysFromEnv } from '../compose/connections.ts';
import { composeWorker } from '../compose/worker.ts';
import { makeHandler } from './handler.ts';

const connections = connectWithKeysFromEnv('belfry-worker', process.env, {
  databaseConnections: databaseConnections.worker,
  statementTimeoutMs: 10_000,
  publishTimeoutMs: 5_000,
});
const { config, clock } = connections;
const { callTarget } = composeCallTarget({ policy: config.outgoing, clock });

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
export const handler = makeHandler({
  ...connections,
  runWorker: composeWorker({
    ...connections,
    callTarget,
    environmentId: config.environmentId,
    callbackTargets: config.callbackTargets,
  }),
  signal: stopping.signal,
});
