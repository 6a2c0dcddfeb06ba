import { makeDispatchBatch } from '../../lib/app/dispatch.ts';
import { makeReconcile } from '../../lib/app/reconcile.ts';
import { makeRunTick } from '../../lib/app/run-tick.ts';
import { functions } from '../../lib/topology.ts';
import { connectFromEnv } from '../connections.ts';
import { dispatchSettings } from '../dispatch-settings.ts';
import type { SchedulerDeps } from './handler.ts';

export function fromEnv(): SchedulerDeps {
  const connections = connectFromEnv('belfry-scheduler', process.env, {
    databaseConnections: 2,
    statementTimeoutMs: 20_000,
  });
  const settings = dispatchSettings(connections.config);
  const runTick = makeRunTick({
    ...connections,
    settings,
    dispatchBatch: makeDispatchBatch({ ...connections, settings }),
    reconcile: makeReconcile({
      ...connections,
      settings: {
        ...settings,
        executionsPerBatch: 1_000,
        maxOverdueWakeUps: functions.worker.maxConcurrency,
      },
    }),
  });
  return { runTick, clock: connections.clock, logger: connections.logger };
}
