import type { Environment } from './environment.ts';

/** Environments that serve no event. Each is ended after a time without one. */
export type IdleEnvironments = {
  add: (environment: Environment) => void;
  /** Takes the most recently used environment; undefined if there is none. */
  take: () => Environment | undefined;
  remove: (environment: Environment) => void;
};

/** @param options.mayEnd asked when an environment has been idle for `idleMs`. */
export function makeIdleEnvironments(options: { idleMs: number; mayEnd: () => boolean }): IdleEnvironments {
  /** With the timer that ends each; the most recently used one is last. */
  const idle: { environment: Environment; timer: NodeJS.Timeout }[] = [];

  const remove = (environment: Environment): void => {
    const index = idle.findIndex((entry) => entry.environment === environment);
    if (index !== -1) clearTimeout(idle.splice(index, 1)[0]?.timer);
  };

  return {
    remove,
    add: (environment) => {
      const timer = setTimeout(() => {
        if (!options.mayEnd()) return;
        remove(environment);
        void environment.terminate();
      }, options.idleMs);
      timer.unref();
      idle.push({ environment, timer });
    },
    take: () => {
      const last = idle.pop();
      clearTimeout(last?.timer);
      return last?.environment;
    },
  };
}
