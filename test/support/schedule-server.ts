import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { createSchedulerClient } from '../../lib/eventbridge/client.ts';
import { closeServer, listen } from './listen.ts';

/** A stored schedule, with the names of the protocol. */
export type StoredSchedule = Record<string, unknown> & { Name: string; GroupName: string };

export type ScheduleCall = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  name: string;
  state: string | undefined;
};

/** `hang` never answers. `lose` has the effect and never answers. A code refuses the call. */
export type Fault = 'hang' | 'lose' | { status: number; code: string };

export type ScheduleServer = {
  client: ReturnType<typeof createSchedulerClient>;
  schedules: Map<string, StoredSchedule>;
  /** Calls that took effect or read something, in order, such as `PUT tick ENABLED`. */
  done: string[];
  /** Called before each call has its effect, to fail or delay the call. */
  intercept: (before: (call: ScheduleCall) => Fault | undefined | Promise<Fault | undefined>) => void;
  close: () => Promise<void>;
};

const bodySchema = z.looseObject({
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  FlexibleTimeWindow: z.looseObject({}),
  Target: z.looseObject({ Arn: z.string(), RoleArn: z.string() }),
  StartDate: z.number().optional(),
});

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/**
 * Serves the protocol of EventBridge Scheduler for schedules in memory, which never tick, and makes the client that Belfry
 * uses.
 */
export async function startScheduleServer(): Promise<ScheduleServer> {
  const schedules = new Map<string, StoredSchedule>();
  const done: string[] = [];
  let before: Parameters<ScheduleServer['intercept']>[0] = () => undefined;

  const find = (name: string): StoredSchedule => {
    const schedule = schedules.get(name);
    if (schedule === undefined) throw new Refusal(404, 'ResourceNotFoundException');
    return schedule;
  };

  const store = (name: string, body: string): unknown => {
    const { ClientToken: _, ...fields } = bodySchema.parse(JSON.parse(body));
    // AWS does the same. A stored schedule may have begun earlier.
    if (fields.StartDate !== undefined && fields.StartDate * 1_000 < Date.now() - 300_000)
      throw new Refusal(400, 'ValidationException');
    schedules.set(name, { ...fields, Name: name });
    return { ScheduleArn: `arn:aws:scheduler:us-east-1:000000000000:schedule/${fields.GroupName}/${name}` };
  };

  const act = ({ method, name }: ScheduleCall, body: string): unknown => {
    switch (method) {
      case 'GET':
        return find(name);
      case 'POST':
        if (schedules.has(name)) throw new Refusal(409, 'ConflictException');
        return store(name, body);
      case 'PUT':
        find(name);
        return store(name, body);
      case 'DELETE':
        find(name);
        schedules.delete(name);
        return {};
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(z.instanceof(Buffer).parse(chunk));
    const body = Buffer.concat(chunks).toString();
    const name = new URL(request.url ?? '', 'http://localhost').pathname.replace('/schedules/', '');
    const method = z.enum(['GET', 'POST', 'PUT', 'DELETE']).parse(request.method);
    const state = body === '' ? undefined : bodySchema.parse(JSON.parse(body)).State;
    try {
      const fault = await before({ method, name, state });
      if (fault === 'hang') return;
      if (typeof fault === 'object') throw new Refusal(fault.status, fault.code);
      const answer = JSON.stringify(act({ method, name, state }, body));
      done.push([method, name, ...(state === undefined ? [] : [state])].join(' '));
      if (fault === 'lose') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : new Refusal(500, 'InternalServerException');
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code })
        .end(JSON.stringify({ Message: code }));
    }
  };

  const server = createServer((request, response) => void serve(request, response));
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  const client = createSchedulerClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    client,
    schedules,
    done,
    intercept: (next) => (before = next),
    close: async () => {
      client.destroy();
      await closeServer(server);
    },
  };
}
