import type { ChildService } from '../../local/services/child.ts';
import { freeze, signal, thaw } from './process-signals.ts';

/** A server that can be killed, frozen and started again at the same address. */
export type RestartableServer = {
  url: string;
  pid: () => number;
  freeze: () => void;
  thaw: () => void;
  /** Kills the server with -9 and starts it again; `between` runs while the server is away. */
  restart: (between?: () => Promise<void>) => Promise<void>;
  stop: () => Promise<void>;
};

/** @param start starts the server, each time on the same data and at the same address. */
export async function startRestartable(start: () => Promise<ChildService>): Promise<RestartableServer> {
  let child = await start();
  return {
    url: child.url,
    pid: () => child.pid,
    freeze: () => freeze(child.pid),
    thaw: () => thaw(child.pid),
    restart: async (between = async () => {}) => {
      signal(child.pid, 'SIGKILL');
      await child.stop();
      await between();
      child = await start();
    },
    stop: async () => {
      thaw(child.pid);
      await child.stop();
    },
  };
}
