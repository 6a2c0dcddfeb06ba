import { timings } from '../../lib/topology.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';
import { startBelfry } from '../../local/start-belfry.ts';
import { fillCompileCache } from '../../test/support/processes/compile-cache.ts';
import { FRUGAL_ENV, makeProcessHost } from '../../test/support/processes/process-host.ts';
import type { Stage } from '../../test/support/services.ts';

export type WorkerFleet = {
  /** Starts a tick each minute, which wakes the workers. */
  begin: () => void;
  stop: () => Promise<void>;
};

/** A Belfry without its API: worker environments and a scheduler, each environment in a separate process. */
export async function startWorkerFleet(stage: Stage, environments: number): Promise<WorkerFleet> {
  const cache = await fillCompileCache(stage, ['scheduler', 'worker']);
  const complain = (line: string): void => void process.stderr.write(`${line.trimEnd()}\n`);
  const belfry = await startBelfry({
    services: async () => stage.services,
    environments: {
      scheduler: { most: 1, warm: 1 },
      worker: { most: environments, warm: environments },
    },
    start: (name) => makeProcessHost({ name, env: () => ({ ...FRUGAL_ENV, ...cache }) }).startHost,
    functionEnv: LOCAL_TARGETS,
    port: 0,
    tickEveryMs: undefined,
    // Requests to a host that hangs are cut off: the invocations end without a result.
    graceMs: 0,
    log: () => {},
    report: complain,
    onStop: stage.atEnd,
  });
  return { begin: () => belfry.startTicking(timings.tickIntervalMs), stop: belfry.stop };
}
