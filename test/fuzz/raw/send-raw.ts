import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from '../run/tally.ts';
import type { RawRequest } from './raw-requests.ts';

/** A gateway that is silent for this time is assumed to wait for more bytes, which is allowed. */
const SILENT_MS = 250;
const BETWEEN_PIECES_MS = 20;

/**
 * Writes bytes to the gateway and reads the answer until it closes or stays silent. For any bytes the gateway may refuse, close
 * or wait, but not answer with a 5xx. The requests that follow show whether it still serves.
 */
export function makeSendRaw(port: number, tally: Tally): (request: RawRequest) => Promise<void> {
  return async ({ name, pieces }) => {
    const answer = await converse(port, pieces);
    const statuses = [...answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
    tally.count('raw', statuses[0] ?? 0);
    const failed = statuses.find((status) => status >= 500 || status < 100);
    if (failed === undefined) return;
    throw new Error(
      `${name}: ${failed}\n  ${JSON.stringify(pieces.map(String))}\n  ${answer.slice(0, 1_000)}`,
    );
  };
}

async function converse(port: number, pieces: readonly Buffer[]): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('close', () => resolve());
    socket.setTimeout(SILENT_MS, () => resolve());
    // A connection that is cut off is an answer; a refused connection is not.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' ? reject(error) : resolve(),
    );
  });
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece);
    await sleep(BETWEEN_PIECES_MS);
  }
  try {
    await closed;
  } finally {
    socket.destroy();
  }
  return Buffer.concat(chunks).toString('latin1');
}
