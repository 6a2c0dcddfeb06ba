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
  /** Events that may wait for an environment; one more is refused as `busy`. */
  maxWaiting: number;
  /** Environments that are started ahead and stay, so that nobody waits for a cold start. */
  keepWarm: number;
  /** How long one beyond `keepWarm` may be idle. */
  idleMs: number;
  /** Hears of each environment that ended by itself, in one line. */
  report: (line: string) => void;
  /** Hears of each environment that ended by itself, by the id that its function sees as BELFRY_ENVIRONMENT_ID. */
  onLost?: (environmentId: string) => void;
};

export type Environments = {
  /** @throws InvocationError when there is no result. */
  invoke: (event: unknown) => Promise<unknown>;
  /** Starts the environments that are kept warm; rejects when the first cannot be started. */
  warm: () => Promise<void>;
  /** Refuses what waits and what comes, lets what runs end within `graceMs`, and ends every environment. */
  stop: (graceMs: number) => Promise<void>;
};

type Waiting = {
  event: unknown;
  sinceMs: number;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

/** Where one runs, an event waits this long for it first: a start takes ten times as long, and slows those that run. */
const START_AFTER_MS = 20;
/** A function that loads and then dies at once must not be started a hundred times a second. */
const REPLACE_AFTER_MS = 1_000;

/** The environments of one function: started when events wait, reused when idle, the last used one first. */
export function makeEnvironments(options: EnvironmentsOptions): Environments {
  const { functionName, maxEnvironments, maxWaiting, keepWarm, idleMs, report } = options;
  const all = new Set<Environment>();
  /** With the timer that ends it; the last used one is last. */
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

  /** One failed start refuses one event, so that a function that cannot start refuses all, and is not tried forever. */
  const startForWaiting = (): void => {
    start().catch((error: unknown) => {
      waiting.shift()?.reject(error);
      serve();
    });
  };

  const replaceWarm = (): void => {
    // What fails here is reported where it ends.
    if (!isStopped && all.size < keepWarm) start().catch(() => {});
  };

  const mayStart = (): boolean => {
    // For those before it environments are being started already.
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
        // A timer may fire a millisecond early.
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
