import { createServer, type IncomingHttpHeaders } from 'node:http';
import { closeServer, listen } from './listen.ts';

export type ReceivedRequest = {
  atMs: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
};

type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer };

export type Target = {
  url: string;
  /** All received requests, in order of arrival. */
  requests: ReceivedRequest[];
  /** Sets the answer to later requests. `hang` never answers. */
  answerWith: (answer: number | 'hang' | 'cut' | Answer) => void;
  /** Cuts the connections of all requests that hang. */
  cut: () => void;
  close: () => Promise<void>;
};

/**
 * Starts a target with its own log: on loopback, or on every interface if callers in containers reach this machine under
 * another `host`.
 */
export async function startTarget(host = '127.0.0.1'): Promise<Target> {
  const requests: ReceivedRequest[] = [];
  let answer: Parameters<Target['answerWith']>[0] = 200;
  const server = createServer((request, response) => {
    const atMs = Date.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ atMs, method, path, headers, body: Buffer.concat(chunks).toString() });
      if (answer === 'hang') return;
      if (answer === 'cut') request.socket.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  const port = await listen(server, host === '127.0.0.1' ? host : '0.0.0.0');
  return {
    url: `http://${host}:${port}`,
    requests,
    answerWith: (next) => (answer = next),
    cut: () => server.closeAllConnections(),
    close: () => closeServer(server),
  };
}
