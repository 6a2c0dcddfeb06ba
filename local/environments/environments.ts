import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Environment,
  type EnvironmentSettings,
  InvocationError,
  startEnvironment,
} from './environment.ts';

export type EnvironmentsOptions = EnvironmentSettings & {
  maxEnvironments: number;
  /** Maximum number of events that wait for an environment. Further events are refused as `busy`. */
  maxWaiting: number;
  /** Number of environments that are started in advance and never ended, so that no event waits for a cold start. */
  keepWarm: number;
  /** How long further environments may be idle before they are ended. */
  idleMs: number;
  /** Called with one line for each environment that ended by itself. */
  report: (line: string) => void;
  /** Called for each environment that ended by itself, with its BELFRY_ENVIRONMENT_ID. */
  onLost?: (environmentId: string) => void;
};

export type Environments = {
  /** Invokes the function. @throws InvocationError if there is no result. */
  invoke: (event: unknown) => Promise<unknown>;
  /** Starts the `keepWarm` environments. Rejects if one cannot be started. */
  warm: () => Promise<void>;
  /** Refuses waiting and new events, lets running invocations end within `graceMs`, and ends every environment. */
  stop: (graceMs: number) => Promise<void>;
};

type Waiting = {
  event: unknown;
  sinceMs: number;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

/**
 * How long an event waits for a running environment before a new one is started. A start takes ten times as long, and slows
 * the running environments.
 */
const START_AFTER_MS = 20;
/** Delay of a replacement. A function that ends right after its start must not be started a hundred times a second. */
const REPLACE_AFTER_MS = 1_000;

/** Makes the environments of one function. They start when events wait, and are reused when idle, most recently used first. */
export function makeEnvironments(options: EnvironmentsOptions): Environments {
  const { functionName, maxEnvironments, maxWaiting, keepWarm, idleMs, report } = options;
  const all = new Set<Environment>();
  /** Idle environments with the timer that ends each; the most recently used one is last. */
  const idle: { environment: Environment; timer: NodeJS.Timeout }[] = [];
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  const wasReady = new WeakSet<Environment>();
  let starting = 0;
  let isStopped = false;

  const start = async (): Promise<void> => {
    const environmentId = randomBytes(6).toString('hex');
    const env = { ...options.env, BELFRY_ENVIRONMENT_ID: environmentId };
    const environment = startEnvironment({ ...options, env });
    all.add(environment);
    starting += 1;
    void watch(environment, environmentId);
    try {
      await environment.ready;
      wasReady.add(environment);
    } finally {
      starting -= 1;
    }
    release(environment);
  };

  const watch = async (environment: Environment, environmentId: string): Promise<void> => {
    const reason = await environment.gone;
    all.delete(environment);
    removeIdle(environment);
    if (reason !== undefined) {
      report(`an environment of ${functionName} ended: ${reason}`);
      if (!isStopped) options.onLost?.(environmentId);
      if (wasReady.has(environment)) setTimeout(replaceWarm, REPLACE_AFTER_MS).unref();
    }
    serve();
  };

  /** Starts an environment. A failed start refuses one event, so a function that cannot start refuses all waiting events. */
  const startForWaiting = (): void => {
    start().catch((error: unknown) => {
      waiting.shift()?.reject(error);
      serve();
    });
  };

  const replaceWarm = (): void => {
    // `watch` reports a failed start.
    if (!isStopped && all.size < keepWarm) start().catch(() => {});
  };

  const mayStart = (): boolean => {
    // Environments are already starting for the events in front of this one.
    const next = waiting[starting];
    if (isStopped || next === undefined || all.size >= maxEnvironments) return false;
    return all.size === 0 || performance.now() - next.sinceMs >= START_AFTER_MS;
  };

  const serve = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const next = idle.pop();
      const event = waiting.shift();
      if (next === undefined || event === undefined) break;
      clearTimeout(next.timer);
      run(next.environment, event);
    }
    while (mayStart()) startForWaiting();
  };

  const run = (environment: Environment, { event, resolve, reject }: Waiting): void => {
    const invocation = environment
      .invoke(event)
      .then(resolve, reject)
      .finally(() => {
        running.delete(invocation);
        release(environment);
      });
    running.add(invocation);
  };

  const release = (environment: Environment): void => {
    if (!environment.hasEnded()) {
      const timer = setTimeout(() => {
        if (all.size <= keepWarm) return;
        removeIdle(environment);
        void environment.terminate();
      }, idleMs);
      timer.unref();
      idle.push({ environment, timer });
    }
    serve();
  };

  const removeIdle = (environment: Environment): void => {
    const index = idle.findIndex((entry) => entry.environment === environment);
    if (index !== -1) clearTimeout(idle.splice(index, 1)[0]?.timer);
  };

  return {
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (isStopped) return reject(new InvocationError('stopped', `${functionName} is stopping`));
        if (waiting.length >= maxWaiting) {
          return reject(new InvocationError('busy', `all environments of ${functionName} are busy`));
        }
        waiting.push({ event, sinceMs: performance.now(), resolve, reject });
        serve();
        // Adds a millisecond, because a timer may fire a millisecond early.
        if (waiting.length > 0) setTimeout(serve, START_AFTER_MS + 1).unref();
        return undefined;
      }),
    warm: async () => {
      await Promise.all(Array.from({ length: keepWarm }, start));
    },
    stop: async (graceMs) => {
      isStopped = true;
      const refusal = new InvocationError('stopped', `${functionName} is stopping`);
      for (const { reject } of waiting.splice(0)) reject(refusal);
      for (const environment of all) environment.shutDown();
      await Promise.race([Promise.all(running), sleep(graceMs, undefined, { ref: false })]);
      await Promise.all([...all].map((environment) => environment.terminate()));
    },
  };
}
