import { once } from 'node:events';
import { createServer } from 'node:net';
import { listen } from './listen.ts';

/** Returns a port that is free now. If another process takes it before its use, the start fails and says so. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
