import { randomBytes } from 'node:crypto';
import { type Environment, type EnvironmentSettings, startEnvironment } from './environment.ts';

/** All environments of a function that have not ended, from the start of each. */
export type LiveEnvironments = {
  /** Starts an environment. Rejects if it cannot be started. */
  start: () => Promise<void>;
  count: () => number;
  startingCount: () => number;
  /** Tells all environments to finish their work. */
  shutDown: () => void;
  terminate: () => Promise<void>;
};

/** Why an environment ended by itself. */
export type Loss = { environmentId: string; reason: string; wasReady: boolean };

/**
 * @param listener.onReady called when an environment can serve events.
 * @param listener.onGone called when an environment has ended; `loss` is undefined after `terminate` or a failed start.
 */
export function makeLiveEnvironments(
  settings: EnvironmentSettings,
  listener: {
    onReady: (environment: Environment) => void;
    onGone: (environment: Environment, loss: Loss | undefined) => void;
  },
): LiveEnvironments {
  const all = new Set<Environment>();
  const wasReady = new WeakSet<Environment>();
  let starting = 0;

  const watch = async (environment: Environment, environmentId: string): Promise<void> => {
    const reason = await environment.gone;
    all.delete(environment);
    const loss =
      reason === undefined ? undefined : { environmentId, reason, wasReady: wasReady.has(environment) };
    listener.onGone(environment, loss);
  };

  return {
    start: async () => {
      const environmentId = randomBytes(6).toString('hex');
      const env = { ...settings.env, BELFRY_ENVIRONMENT_ID: environmentId };
      const environment = startEnvironment({ ...settings, env });
      all.add(environment);
      starting += 1;
      void watch(environment, environmentId);
      try {
        await environment.ready;
        wasReady.add(environment);
      } finally {
        starting -= 1;
      }
      listener.onReady(environment);
    },
    count: () => all.size,
    startingCount: () => starting,
    shutDown: () => {
      for (const environment of all) environment.shutDown();
    },
    terminate: async () => {
      await Promise.all([...all].map((environment) => environment.terminate()));
    },
  };
}
