import * as z from 'zod';
import { makeResponseCheck } from '../../support/openapi-check.ts';
import type { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import type { Api } from '../document/operations.ts';
import type { Violations } from '../document/validate.ts';
import { expect } from '../judge/expected.ts';
import { judge } from '../judge/judge.ts';
import type { Plan } from '../requests/plan.ts';
import type { Home } from '../values/known-good.ts';
import { resolve, type Sent } from './resolve.ts';
import type { Received, Send } from './send.ts';
import { note, type State } from './state.ts';
import type { Tally } from './tally.ts';

/** A request with a wrong answer. The message shows both, with enough of the request to repeat it by hand. */
class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

type Context = {
  document: ReturnType<typeof makeOpenApiDocument>;
  api: Api;
  violations: Violations;
  home: Home;
  state: State;
  send: Send;
  tally: Tally;
};

const made = z.object({ id: z.int() });
const madeKey = z.object({ id: z.int(), key: z.string() });
const dryRun = z.object({ token: z.string() });
const madeMany = z.object({ items: z.array(z.object({ id: z.int() })) });

/** Sends one request and judges its answer. @throws BadAnswerError */
export function makeExchange(context: Context): (plan: Plan) => Promise<void> {
  const { state, send, tally, home } = context;
  const check = makeResponseCheck(context.document);
  const secrets = Object.values(state.keys);
  return async (plan) => {
    const sent = resolve(plan, state);
    const expected = expect(plan, sent, context);
    const received = await sendOrExplain(send, plan, sent);
    tally.count(plan.operation, received?.status ?? 0);
    if (received === undefined) return;
    const wrong = judge({ plan, sent, received, expected }, { check, home, secrets });
    if (wrong.length > 0) throw new BadAnswerError(describe(plan, sent, received, wrong));
    remember(plan, sent, received, state);
  };
}

/** Sends a request. Undefined: the server refused the head, as too large or not HTTP, and closed before it read the body. */
async function sendOrExplain(send: Send, plan: Plan, sent: Sent): Promise<Received | undefined> {
  try {
    return await send(sent);
  } catch (error) {
    const isCutOff =
      error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    const isOdd =
      plan.headers.effect !== 'plain' || plan.target.odd !== undefined || /[^!-~]/.test(sent.target);
    if (isCutOff && isOdd) return undefined;
    throw new BadAnswerError(
      describe(plan, sent, undefined, [`the request was not answered: ${String(error)}`]),
    );
  }
}

function remember(plan: Plan, sent: Sent, { status, body }: Received, state: State): void {
  if (status < 200 || status > 202 || !['POST', 'PUT'].includes(sent.method)) return;
  const read = <Value>(schema: z.ZodType<Value>): Value => schema.parse(JSON.parse(body));
  switch (plan.operation) {
    case 'POST /api/v1/jobs':
    case 'PUT /api/v1/jobs/by-key/{key}':
      return note(state.jobIds, read(made).id);
    case 'POST /api/v1/jobs/batch':
      for (const { id } of read(madeMany).items.slice(0, 3)) note(state.jobIds, id);
      return;
    case 'POST /api/v1/jobs/{id}/run':
    case 'POST /api/v1/jobs/by-key/{key}/run':
    case 'POST /api/v1/executions/{id}/retry':
      return note(state.executionIds, read(made).id);
    case 'POST /api/v1/failures/{id}/redrive':
    case 'POST /api/v1/operations':
      if (status === 202) return note(state.operationIds, read(made).id);
      if (plan.operation.endsWith('operations')) note(state.starts, startAfter(sent, read(dryRun).token));
      return;
    case 'POST /api/v1/signing-keys':
      return note(state.signingKeyIds, read(made).id);
    case 'POST /api/v1/keys': {
      const { id, key } = read(madeKey);
      note(state.keyIds, id);
      note(state.madeKeys, key);
    }
  }
}

/** Makes the request that starts the operation of a dry run. */
function startAfter({ body }: Sent, token: string): Buffer {
  const { dryRun: _, ...asked }: { dryRun?: unknown } = JSON.parse(String(body));
  return Buffer.from(JSON.stringify({ ...asked, token }));
}

const MOST_SHOWN = 1_500;
const MOST_HEADERS_SHOWN = 12;

function describe(plan: Plan, sent: Sent, received: Received | undefined, wrong: readonly string[]): string {
  const body = sent.body?.toString('latin1') ?? '';
  return [
    ...wrong,
    `request (${plan.body?.made ?? 'no body'}):`,
    `  ${sent.method} ${sent.target.slice(0, MOST_SHOWN)}`,
    ...sent.headers.slice(0, MOST_HEADERS_SHOWN).map(([name, value]) => `  ${name}: ${value.slice(0, 200)}`),
    `  ${JSON.stringify(body.slice(0, MOST_SHOWN))} (${body.length} bytes, as Latin-1)`,
    ...(received === undefined
      ? []
      : [`answer: ${received.status}`, `  ${received.body.slice(0, MOST_SHOWN)}`]),
  ].join('\n');
}
