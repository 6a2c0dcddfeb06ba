import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterEach, beforeEach } from 'vitest';
import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts';

type Invoke = (event: APIGatewayProxyEvent) => Promise<unknown>;

const succeed: Invoke = async () => ({ statusCode: 200, body: '' });

export let gateway: Gateway;
/** The events that the function received. */
export let events: APIGatewayProxyEvent[] = [];
export let reports: string[] = [];
let invoke = succeed;

/** Starts a gateway for each test, before a function that answers with an empty 200 until a test says otherwise. */
export function setUpGateway(): void {
  beforeEach(async () => {
    events = [];
    reports = [];
    gateway = await startGateway({
      port: 0,
      invoke: (event) => {
        events.push(event);
        return invoke(event);
      },
      local: { '/_local/here': async (_request, response) => void response.end('here') },
      allowedHosts: ['proxy.internal'],
      report: (line) => reports.push(line),
    });
  });

  afterEach(async () => {
    invoke = succeed;
    await gateway.stop(0);
  });
}

/** Says what the function does until the end of the test. */
export function invokeWith(other: Invoke): void {
  invoke = other;
}
