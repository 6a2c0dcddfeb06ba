import { randomUUID } from 'node:crypto';
import { makeRunWorker } from '../../lib/app/worker/run-worker.ts';
import { makeCallTarget } from '../../lib/outgoing/call-target.ts';
import { createTargetAgent } from '../../lib/outgoing/target-agent.ts';
import { createNameServers, makeResolveName } from '../../lib/outgoing/resolve-name.ts';
import { makeIdsOf } from '../../lib/environment-ids.ts';
import { databaseConnections, timings, wakeUpQueue } from '../../lib/topology.ts';
import { connectWithKeysFromEnv } from '../compose/connections.ts';
import type { WorkerDeps } from './handler.ts';

export function fromEnv(): WorkerDeps {
  const connections = connectWithKeysFromEnv('belfry-worker', process.env, {
    databaseConnections: databaseConnections.worker,
    statementTimeoutMs: 10_000,
    publishTimeoutMs: 5_000,
  });
  const { environmentId } = connections.config;
  const agent = createTargetAgent({
    policy: connections.config.outgoing,
    resolveName: makeResolveName({ nameServers: createNameServers(), clock: connections.clock }),
  });
  const runWorker = makeRunWorker({
    ...connections,
    callTarget: makeCallTarget(agent),
    newId: environmentId === undefined ? randomUUID : makeIdsOf(environmentId),
    settings: {
      ...timings,
      maxInFlight: connections.config.maxInFlight,
      jobsPerWakeUp: wakeUpQueue.jobsPerWakeUp,
      maxFanOut: connections.config.maxWorkers,
    },
  });
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  return { runWorker, clock: connections.clock, logger: connections.logger, signal: stopping.signal };
}
