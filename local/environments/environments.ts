import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, type EnvironmentSettings, InvocationError } from './environment.ts';
import { makeIdleEnvironments } from './idle-environments.ts';
import { makeLiveEnvironments, type Loss } from './live-environments.ts';

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
  const waiting: Waiting[] = [];
  const running = new Set<Promise<void>>();
  let isStopped = false;

  const release = (environment: Environment): void => {
    if (!environment.hasEnded()) idle.add(environment);
    serve();
  };
  const onGone = (environment: Environment, loss: Loss | undefined): void => {
    idle.remove(environment);
    if (loss !== undefined) {
      report(`an environment of ${functionName} ended: ${loss.reason}`);
      if (!isStopped) options.onLost?.(loss.environmentId);
      if (loss.wasReady) setTimeout(replaceWarm, REPLACE_AFTER_MS).unref();
    }
    serve();
  };
  const live = makeLiveEnvironments(options, { onReady: release, onGone });
  const idle = makeIdleEnvironments({ idleMs, mayEnd: () => live.count() > keepWarm });

  const replaceWarm = (): void => {
    // `onGone` reports a failed start.
    if (!isStopped && live.count() < keepWarm) live.start().catch(() => {});
  };

  /** Starts an environment. A failed start refuses one event, so a function that cannot start refuses all waiting events. */
  const startForWaiting = (): void => {
    live.start().catch((error: unknown) => {
      waiting.shift()?.reject(error);
      serve();
    });
  };

  const mayStart = (): boolean => {
    // Environments are already starting for the events in front of this one.
    const next = waiting[live.startingCount()];
    if (isStopped || next === undefined || live.count() >= maxEnvironments) return false;
    return live.count() === 0 || performance.now() - next.sinceMs >= START_AFTER_MS;
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

  const serve = (): void => {
    while (waiting.length > 0) {
      const environment = idle.take();
      if (environment === undefined) break;
      const next = waiting.shift();
      if (next !== undefined) run(environment, next);
    }
    while (mayStart()) startForWaiting();
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
      await Promise.all(Array.from({ length: keepWarm }, live.start));
    },
    stop: async (graceMs) => {
      isStopped = true;
      const refusal = new InvocationError('stopped', `${functionName} is stopping`);
      for (const { reject } of waiting.splice(0)) reject(refusal);
      live.shutDown();
      await Promise.race([Promise.all(running), sleep(graceMs, undefined, { ref: false })]);
      await live.terminate();
    },
  };
}
