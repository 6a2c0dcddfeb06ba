import { once } from 'node:events';
import { createServer } from 'node:net';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';

/** Ends the remaining processes of the process group of `pid`. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // No process is left in it.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A port of 127.0.0.1 on which no server listens. */
export const findFreePort = (): Promise<number> => tryToListen(0);

/** @throws LocalRunError in one line when a server listens on that port of 127.0.0.1. */
export async function checkPort(port: number): Promise<void> {
  try {
    await tryToListen(port);
  } catch (cause) {
    const reason =
      cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
        ? 'is taken'
        : 'cannot be used';
    throw new LocalRunError(
      `port ${port} of 127.0.0.1 ${reason}; set LOCALSTACK_PORT to another, or leave it out for a free one`,
      { cause },
    );
  }
}

async function tryToListen(wanted: number): Promise<number> {
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen(wanted, '127.0.0.1');
  await listening;
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
