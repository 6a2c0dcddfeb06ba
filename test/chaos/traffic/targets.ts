import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import * as z from 'zod';
import { closeServer, listen } from '../../support/listen.ts';
import type { Behaviour, ReceivedRequest } from '../journal/types.ts';

export type Targets = {
  url: (job: number, revision: number) => string;
  /** Where the reports of a job go. */
  reportUrl: (job: number) => string;
  /** Where requests go that are not logged. */
  quietUrl: string;
  /** Sets how a target answers the requests of a job. Call it before the job is created. */
  expect: (job: number, behaviour: Behaviour) => void;
  /** Every request, in order of arrival. */
  requests: readonly ReceivedRequest[];
  stop: () => Promise<void>;
};

/** The second server closes a connection that was idle for this time, without announcing it. */
const IDLE_MS = 1_000;
const QUIET_PATH = '/quiet';
/** One in this number of reports is answered 500 at first. */
const EVERY_NTH_FAILS = 4;

const reportBody = z.object({
  type: z.string(),
  data: z.object({ execution: z.object({ id: z.int() }) }),
});

/**
 * Starts the targets of all jobs: four servers that survive every fault and keep one log. Every other job calls the second
 * server, which closes idle connections, so that a request may meet a connection that is just being closed. The third server
 * asks for pauses, which all jobs that call it have to respect. The fourth receives reports, and fails some at first.
 */
export async function startTargets(): Promise<Targets> {
  const behaviours = new Map<number, Behaviour>();
  const requests: ReceivedRequest[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const received = toReceived(request);
    requests.push(received);
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
    request.on('end', () => (received.bodyBytes = bodyBytes));
    request.on('error', () => {});
    answer(behaviours.get(received.job) ?? { kind: 'ok' }, received, response);
  };
  const serveReport = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === QUIET_PATH) return void response.writeHead(204).end();
    const received: ReceivedRequest = { ...toReceived(request), isReport: true };
    requests.push(received);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { type, data } = reportBody.parse(JSON.parse(Buffer.concat(chunks).toString()));
      received.report = { type, executionId: data.execution.id };
      const fails = received.attempt === 1 && received.executionId % EVERY_NTH_FAILS === 0;
      answer(fails ? { kind: 'fail' } : { kind: 'ok' }, received, response);
    });
  };
  const servers = [
    createServer(serve),
    createServer(serve),
    createServer(serve),
    createServer(serveReport),
  ] as const;
  closeIdle(servers[1]);
  const [patient, hasty, strict, reports] = await Promise.all(servers.map((server) => listen(server)));
  const portOf = (job: number): number | undefined => {
    if (behaviours.get(job)?.kind === 'pause') return strict;
    return job % 2 === 0 ? patient : hasty;
  };
  return {
    url: (job, revision) => `http://127.0.0.1:${portOf(job)}/job/${job}/${revision}`,
    reportUrl: (job) => `http://127.0.0.1:${reports}/job/${job}/1`,
    quietUrl: `http://127.0.0.1:${reports}${QUIET_PATH}`,
    expect: (job, behaviour) => void behaviours.set(job, behaviour),
    requests,
    stop: async () => void (await Promise.all(servers.map(closeServer))),
  };
}

/** Closes idle connections. Node's own timeout would be announced in a header, and clients would avoid it. */
function closeIdle(server: Server): void {
  server.keepAliveTimeout = 0;
  const closing = new WeakMap<Socket, NodeJS.Timeout>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    clearTimeout(closing.get(socket));
    response.on('finish', () => closing.set(socket, setTimeout(() => socket.destroy(), IDLE_MS).unref()));
  });
}

function toReceived({ url = '', headers }: IncomingMessage): ReceivedRequest {
  const [, job, revision] = /^\/job\/(\d+)\/(\d+)$/.exec(url) ?? [];
  return {
    arrivedMs: Date.now(),
    bodyBytes: undefined,
    job: Number(job),
    revision: Number(revision),
    executionId: Number(headers['x-belfry-execution-id']),
    attempt: Number(headers['x-belfry-attempt']),
    scheduledMs: Date.parse(String(headers['x-belfry-scheduled-at'])),
    answered: undefined,
  };
}

function answer(behaviour: Behaviour, received: ReceivedRequest, response: ServerResponse): void {
  const send = (status: number, headers: Record<string, string> = {}): void => {
    received.answered = status;
    response.writeHead(status, headers).end();
  };
  switch (behaviour.kind) {
    case 'ok':
      return send(204);
    case 'fail':
      return send(500);
    case 'fail-first':
      return send(received.attempt <= behaviour.attempts ? 500 : 204);
    case 'pause':
      if (received.attempt > behaviour.attempts) return send(204);
      return send(behaviour.status, { 'retry-after': String(behaviour.seconds) });
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
