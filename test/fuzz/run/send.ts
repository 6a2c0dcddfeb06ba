import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { Sent } from './resolve.ts';

export type Received = { status: number; headers: IncomingHttpHeaders; body: string };

export type Send = (sent: Sent) => Promise<Received>;

/** The longest allowed time for an answer; the API's own limit is shorter. */
const TIMEOUT_MS = 30_000;

/**
 * Sends requests without correcting them: paths, names and repeated headers stay as they are. A caller that computes for long
 * between requests must not keep connections alive: it would not see that the server has closed them.
 */
export function makeSend(
  port: number,
  { keepAlive }: { keepAlive: boolean },
): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive });
  const send: Send = ({ method, target, headers, body, isChunked }) =>
    new Promise((resolve, reject) => {
      const length: [string, string][] =
        body === undefined
          ? []
          : isChunked
            ? [['transfer-encoding', 'chunked']]
            : [['content-length', String(body.length)]];
      const pairs = [['host', `127.0.0.1:${port}`], ...headers, ...length].flat();
      const request = httpRequest({
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: pairs,
        agent,
        timeout: TIMEOUT_MS,
      });
      request.once('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      // `on`, not `once`: the remaining writes fail too.
      request.on('error', reject);
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}
