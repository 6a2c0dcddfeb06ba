import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Behaviour, ReceivedRequest } from '../journal/types.ts';

export type Targets = {
  url: (job: number, revision: number) => string;
  /** What the requests of a job will meet; to be said before the job is asked for. */
  expect: (job: number, behaviour: Behaviour) => void;
  /** Everything that came, in order of arrival. */
  requests: readonly ReceivedRequest[];
  stop: () => Promise<void>;
};

/** What all jobs call: one server, which outlives everything and keeps its own log. */
export async function startTargets(): Promise<Targets> {
  const behaviours = new Map<number, Behaviour>();
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const received = toReceived(request);
    requests.push(received);
    request.resume();
    request.on('error', () => {});
    answer(behaviours.get(received.job) ?? { kind: 'ok' }, received, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the targets have no port');
  return {
    url: (job, revision) => `http://127.0.0.1:${address.port}/job/${job}/${revision}`,
    expect: (job, behaviour) => void behaviours.set(job, behaviour),
    requests,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function toReceived({ url = '', headers }: IncomingMessage): ReceivedRequest {
  const [, job, revision] = /^\/job\/(\d+)\/(\d+)$/.exec(url) ?? [];
  return {
    arrivedMs: Date.now(),
    job: Number(job),
    revision: Number(revision),
    executionId: Number(headers['x-belfry-execution-id']),
    attempt: Number(headers['x-belfry-attempt']),
    scheduledMs: Date.parse(String(headers['x-belfry-scheduled-at'])),
    answered: undefined,
  };
}

function answer(behaviour: Behaviour, received: ReceivedRequest, response: ServerResponse): void {
  const send = (status: number): void => {
    received.answered = status;
    response.writeHead(status).end();
  };
  switch (behaviour.kind) {
    case 'ok':
      return send(204);
    case 'fail':
      return send(500);
    case 'fail-first':
      return send(received.attempt <= behaviour.attempts ? 500 : 204);
    case 'hang':
      return;
    case 'cut':
      response.destroy();
      return;
    case 'slow':
    case 'late':
      setTimeout(() => send(204), behaviour.afterMs).unref();
      return;
    default:
      return behaviour satisfies never;
  }
}
