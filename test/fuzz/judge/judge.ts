import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { routes } from '../../../lib/topology.ts';
import type { ResponseCheck } from '../../support/openapi-check.ts';
import { CANARY, secretNames, type Home } from '../values/known-good.ts';
import type { Plan } from '../requests/plan.ts';
import type { Sent } from '../run/resolve.ts';
import type { Received } from '../run/send.ts';
import type { Expected } from './expected.ts';
import { unexplained } from './rules.ts';

const problem = z.object({
  detail: z.string().min(10),
  code: z.string().regex(/^[A-Z_]+$/),
  errors: z
    .array(
      z.object({ field: z.string().min(1), message: z.string().min(10), index: z.int().exactOptional() }),
    )
    .optional(),
});

type Exchange = { plan: Plan; sent: Sent; received: Received; expected: Expected };

type Context = { check: ResponseCheck; home: Home; secrets: readonly string[] };

/** Everything that is wrong with an answer; empty when nothing is. */
export function judge(exchange: Exchange, context: Context): string[] {
  const { sent, received, expected } = exchange;
  const { status, headers, body } = received;
  if (status >= 500) return [`answered ${status}: ${body.slice(0, 500)}`];
  if (isNodes(exchange)) return [];
  const wrong: string[] = [];
  if (headers['x-request-id'] === undefined) wrong.push('the answer has no x-request-id');
  if (sent.method === 'HEAD') return [...wrong, ...judgeHead(exchange)];
  // The path of an open request is for the server to read: what it took it for cannot be asked of the document.
  // What is too large is refused before its path and method are looked at.
  if (expected.kind !== 'open' && status !== 431 && status !== 414) {
    wrong.push(...context.check(sent.method, sent.target, status, headers['content-type'], body));
  }
  const leaked = context.secrets.find((secret) => body.includes(secret));
  if (leaked !== undefined || showsSecretHeader(body)) wrong.push('the answer shows a secret');
  return [...wrong, ...judgeStatus(exchange, context)];
}

/** HEAD is answered as GET is, which the document has, but without a body. */
function judgeHead({ received: { status, body }, expected }: Exchange): string[] {
  const wrong = body === '' ? [] : ['HEAD was answered with a body'];
  if (expected.kind !== 'refused' || status === 429 || expected.statuses.includes(status)) return wrong;
  return [
    ...wrong,
    `answered ${status} instead of ${expected.statuses.join(' or ')}, though ${expected.why}`,
  ];
}

/** A mutation may strike a name: what was the value of a secret header is then that of another, which is shown. */
function showsSecretHeader(body: string): boolean {
  const isSecret = (name: string): boolean =>
    secretNames.some((secret) => secret.toLowerCase() === name.toLowerCase());
  const header = new RegExp(`"((?:[^"\\\\]|\\\\.)*)":"Bearer ${CANARY}-[0-9a-f]{8}"`, 'g');
  return body.replaceAll(header, (entry, name: string) => (isSecret(name) ? entry : '')).includes(CANARY);
}

/** Node answers by itself, without a body, to what is no HTTP or too large for it. */
function isNodes({ sent, received, expected }: Exchange): boolean {
  const headBytes =
    sent.target.length + sent.headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (received.body !== '') return false;
  if (received.status === 431) return headBytes > 15_000;
  return expected.kind === 'open' && (received.status === 400 || received.status === 417);
}

function judgeStatus(exchange: Exchange, context: Context): string[] {
  const { expected, received } = exchange;
  const { status } = received;
  const problemFaults = status >= 400 ? judgeProblem(exchange) : [];
  // The callers of an open route share one limit, and the fuzzer alone is more than it allows.
  if (status === 429 && isOpen(exchange.sent.target)) return problemFaults;
  switch (expected.kind) {
    case 'open':
      return problemFaults;
    case 'refused':
      if (expected.statuses.includes(status)) return problemFaults;
      return [`answered ${status} instead of ${expected.statuses.join(' or ')}, though ${expected.why}`];
    case 'valid':
      return [...problemFaults, ...judgeValid(exchange, expected, context)];
  }
}

const isOpen = (target: string): boolean =>
  routes.some(({ path, scope }) => scope === null && path === target.split('?')[0]?.replace(/\/$/, ''));

function readProblem(body: string): z.ZodSafeParseResult<z.infer<typeof problem>> {
  try {
    return problem.safeParse(JSON.parse(body));
  } catch {
    return problem.safeParse(undefined);
  }
}

function judgeProblem({ plan, received, expected }: Exchange): string[] {
  const parsed = readProblem(received.body);
  if (!parsed.success) return [`a problem that says too little: ${received.body.slice(0, 300)}`];
  const { errors = [] } = parsed.data;
  if (received.status !== 400) return [];
  if (errors.length === 0) return ['a 400 that names no field'];
  const { wrong } = plan.body ?? {};
  const isAboutBody = expected.kind === 'refused' && expected.why.startsWith('its body breaks');
  if (wrong === undefined || !isAboutBody) return [];
  const isNamed = errors.some(
    ({ field }) => field.includes(wrong.slice(0, 100)) || field === 'body' || field.startsWith('jobs'),
  );
  return isNamed ? [] : [`no error names ${wrong}: ${JSON.stringify(errors).slice(0, 300)}`];
}

/** What an answer to a valid request may be: success, a 404 or 409 of what is there, or a 400 by a rule beyond the schema. */
function judgeValid(
  { received }: Exchange,
  { operation, value }: Extract<Expected, { kind: 'valid' }>,
  { home }: Context,
): string[] {
  const { status, body } = received;
  if (status >= 200 && status < 300) return judgeEcho(value, body);
  if (status === 404 && operation.pathParameters.length > 0) return [];
  if (status === 409 && operation.path.startsWith('/api/v1/keys')) return [];
  if (status !== 400) return [`answered ${status}, though the request is valid: ${body.slice(0, 300)}`];
  const { errors = [] } = readProblem(body).data ?? {};
  const left = unexplained(errors, value, { home, isChange: operation.method === 'PATCH' });
  return left.map(({ field, message }) => `refused although the document takes it: ${field} ${message}`);
}

/** What was sent is what is there now, but for secrets and for what is filled in. */
function judgeEcho(sent: unknown, body: string): string[] {
  if (sent === undefined || body === '') return [];
  const answer: { items?: unknown[] } = Object(JSON.parse(body));
  const whole: { jobs?: unknown[] } = Object(sent);
  const items = Array.isArray(sent) ? sent : whole.jobs;
  if (items !== undefined && answer.items?.length !== items.length)
    return ['a batch came back with another length'];
  const pairs =
    items === undefined ? [[sent, answer]] : items.map((item, index) => [item, answer.items?.[index]]);
  // A batch is answered without the bodies of its jobs.
  const left = items === undefined ? NOT_ECHOED : [...NOT_ECHOED, 'body'];
  return pairs.flatMap(([given, stored]) => differences(given, stored, left));
}

const NOT_ECHOED = ['headers', 'secretHeaders'];

function differences(given: unknown, stored: unknown, left: readonly string[]): string[] {
  const there = new Map<string, unknown>(Object.entries(Object(stored)));
  return Object.entries(Object(given)).flatMap(([name, value]) => {
    if (left.includes(name)) return [];
    const found = there.get(name);
    if (name === 'expiresAt')
      return Date.parse(String(found)) === Math.floor(Date.parse(String(value))) ? [] : ['expiresAt differs'];
    // -0 is 0 in JSON.
    const same = isDeepStrictEqual(JSON.parse(JSON.stringify(value ?? null)), found ?? null);
    return same ? [] : [`${name} came back as ${JSON.stringify(found)?.slice(0, 100)}`];
  });
}
