import { timings } from '../../../lib/topology.ts';
import type { FunctionName, HowMany } from '../../../local/environments/function-environments.ts';
import { LOCAL_TARGETS } from '../../../local/settings.ts';
import { startBelfry as startWhole } from '../../../local/start-belfry.ts';
import { fillCompileCache } from '../../support/processes/compile-cache.ts';
import {
  FRUGAL_ENV,
  heapOptions,
  type LiveProcess,
  makeProcessHost,
} from '../../support/processes/process-host.ts';
import { TELL_USAGE } from '../../support/processes/usage.ts';
import type { Stage } from '../../support/services.ts';

export type BelfryOptions = {
  /** The number of environments of each function, from the start to the end. */
  environments: Record<FunctionName, number>;
  /** Variables of the functions in addition to the variables of the stage. */
  functionEnv?: Record<string, string>;
  /** Whether the scheduler ticks each minute without a call of `tick`. */
  isTicking: boolean;
  /** Receives the log lines of the functions. */
  onLine: (line: string) => void;
  /** Receives error messages. */
  report: (line: string) => void;
};

export type RunningBelfry = {
  address: string;
  apiKey: string;
  /** Live environments, each a process with a name such as `worker-3`. PostgreSQL shows that name for its connections. */
  environments: () => LiveProcess[];
  tick: () => Promise<unknown>;
  /** Stops the ticks of each minute; resolves when the running tick has ended. */
  stopTicking: () => Promise<void>;
  stop: () => Promise<void>;
};

const GRACE_MS = 5_000;
const NAMES = ['api', 'scheduler', 'worker'] as const;

/** Starts a complete Belfry on a stage. Each function environment is a separate process, so that it can be measured. */
export async function startBelfry(stage: Stage, options: BelfryOptions): Promise<RunningBelfry> {
  const { environments, functionEnv, onLine, report } = options;
  const cache = await fillCompileCache(stage, NAMES, { imports: [TELL_USAGE] });
  const open = (name: FunctionName) =>
    makeProcessHost({
      name,
      imports: [TELL_USAGE],
      execArgv: (settings) => ['--expose-gc', ...heapOptions(settings)],
      env: (process, { DATABASE_URL = '' }) => ({
        ...FRUGAL_ENV,
        ...cache,
        DATABASE_URL: named(DATABASE_URL, process),
      }),
    });
  const hosts = { api: open('api'), scheduler: open('scheduler'), worker: open('worker') };
  const howMany = (name: FunctionName): HowMany => ({ most: environments[name], warm: environments[name] });
  const belfry = await startWhole({
    services: async () => stage.services,
    environments: { api: howMany('api'), scheduler: howMany('scheduler'), worker: howMany('worker') },
    start: (name) => hosts[name].startHost,
    functionEnv: {
      ...LOCAL_TARGETS,
      BELFRY_LOG_LEVEL: 'WARN',
      BELFRY_MAX_WORKERS: String(environments.worker),
      // The limiter counts as usual, but its limits are never reached.
      BELFRY_RATE_LIMIT_PER_SECOND: '100000',
      BELFRY_RATE_LIMIT_BURST: '200000',
      ...functionEnv,
    },
    port: 0,
    tickEveryMs: options.isTicking ? timings.tickIntervalMs : undefined,
    graceMs: GRACE_MS,
    log: (line) => onLine(line.trimEnd()),
    report,
    onStop: stage.atEnd,
  });
  return {
    address: belfry.address,
    apiKey: stage.services.apiKey,
    environments: () => NAMES.flatMap((name) => hosts[name].live()),
    tick: belfry.tick,
    stopTicking: belfry.stopTicking,
    stop: belfry.stop,
  };
}

function named(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', name);
  return url.href;
}
