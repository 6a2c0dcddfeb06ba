import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { routes } from '../../../lib/topology.ts';
import type { ResponseCheck } from '../../support/openapi-check.ts';
import { CANARY, secretNames, type Home } from '../values/known-good.ts';
import type { Plan } from '../requests/plan.ts';
import type { Sent } from '../run/resolve.ts';
import type { Received } from '../run/send.ts';
import type { Expected } from './expected.ts';
import { readInstant } from './instants.ts';
import { readBody } from './read-body.ts';
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

/** Returns every fault of an answer; an empty list when the answer is correct. */
export function judge(exchange: Exchange, context: Context): string[] {
  const { sent, received, expected } = exchange;
  const { status, headers, body } = received;
  if (status >= 500) return [`answered ${status}: ${body.slice(0, 500)}`];
  // Node itself refuses `Expect`, without a body.
  if (status === 417 && expected.kind === 'open') return [];
  const wrong: string[] = [];
  if (headers['x-request-id'] === undefined) wrong.push('the answer has no x-request-id');
  if (isOfParser(exchange)) return wrong;
  if (sent.method === 'HEAD') return [...wrong, ...judgeHead(exchange)];
  // The document does not say how the server reads the path of an open request.
  // The server refuses a request that is too large before it checks path and method.
  if (expected.kind !== 'open' && status !== 431 && status !== 414) {
    wrong.push(...context.check(sent.method, sent.target, status, headers['content-type'], body));
  }
  const leaked = context.secrets.find((secret) => body.includes(secret));
  if (leaked !== undefined || showsSecretHeader(body)) wrong.push('the answer shows a secret');
  return [...wrong, ...judgeStatus(exchange, context)];
}

/** HEAD has the answer of GET, which the document describes, without the body. */
function judgeHead({ received: { status, body }, expected }: Exchange): string[] {
  const wrong = body === '' ? [] : ['HEAD was answered with a body'];
  if (expected.kind !== 'refused' || status === 429 || expected.statuses.includes(status)) return wrong;
  return [
    ...wrong,
    `answered ${status} instead of ${expected.statuses.join(' or ')}, though ${expected.why}`,
  ];
}

/** A mutation may change a header's name. The value of a secret header then belongs to another header, which is shown. */
function showsSecretHeader(body: string): boolean {
  const isSecret = (name: string): boolean =>
    secretNames.some((secret) => secret.toLowerCase() === name.toLowerCase());
  const header = new RegExp(`"((?:[^"\\\\]|\\\\.)*)":"Bearer ${CANARY}-[0-9a-f]{8}"`, 'g');
  return body.replaceAll(header, (entry, name: string) => (isSecret(name) ? entry : '')).includes(CANARY);
}

/** Whether the gateway's parser answered itself, to a request that is not HTTP or too large: no route and no field is known then. */
function isOfParser({ sent, received, expected }: Exchange): boolean {
  const { status, body } = received;
  const headBytes =
    sent.target.length + sent.headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (status === 431) return headBytes > 15_000;
  if (expected.kind !== 'open') return false;
  return status === 400 && (body === '' || readProblem(body).data?.code === 'INVALID_HTTP');
}

function judgeStatus(exchange: Exchange, context: Context): string[] {
  const { expected, received } = exchange;
  const { status } = received;
  const problemFaults = status >= 400 ? judgeProblem(exchange, context) : [];
  // All callers of an open route share one limit, and the fuzzer alone exceeds it.
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

/** Fields that the API sets. It compares them with the stored job only when all other fields are right: if not, it names those. */
const READ_ONLY =
  /^(?:id|createdAt|updatedAt|nextExecutionTime|retriesLastSeconds|failuresInARow|lastOutcome|pausedByFailuresAt)$/;

function judgeProblem({ plan, sent, received, expected }: Exchange, { home }: Context): string[] {
  const parsed = readProblem(received.body);
  if (!parsed.success) return [`the problem document is incomplete: ${received.body.slice(0, 300)}`];
  const { errors = [] } = parsed.data;
  if (received.status !== 400) return [];
  if (errors.length === 0) return ['the 400 names no field'];
  const { wrong } = plan.body ?? {};
  const isAboutBody = expected.kind === 'refused' && expected.why.startsWith('its body breaks');
  if (wrong === undefined || !isAboutBody) return [];
  const isNamed = errors.some(
    ({ field }) => field.includes(wrong.slice(0, 100)) || field === 'body' || field.startsWith('jobs'),
  );
  const read = readBody(sent.body);
  const context = { home, isChange: sent.method === 'PATCH', isStart: false };
  const isHidden =
    READ_ONLY.test(wrong) && read.kind === 'json' && unexplained(errors, read.value, context).length === 0;
  return isNamed || isHidden ? [] : [`no error names ${wrong}: ${JSON.stringify(errors).slice(0, 300)}`];
}

/** Requests whose answer does not have the values that were sent. A run depends on the stored job, as a change does. */
const ACTION = /\/(?:run|retry|redrive|ignore)$/;

/** Checks the answer to a valid request: success, a 404 or 409 because of stored data, or a 400 by a rule beyond the schema. */
function judgeValid(
  { sent, received }: Exchange,
  { operation, value }: Extract<Expected, { kind: 'valid' }>,
  { home }: Context,
): string[] {
  const { status, body } = received;
  // Answers about schedules are computed, and store nothing.
  const isComputed = operation.path.startsWith('/api/v1/schedules/');
  const isAction = ACTION.test(operation.path);
  // A dry run answers with a count and a token.
  const isDryRun = Object(value).dryRun === true;
  if (status >= 200 && status < 300) return isComputed || isAction || isDryRun ? [] : judgeEcho(value, body);
  if (status === 404 && operation.pathParameters.length > 0) return [];
  if (status === 409 && /^\/api\/v1\/(keys|signing-keys|executions|operations)/.test(operation.path))
    return [];
  // Another job has the key.
  if (status === 409 && body.includes('"JOB_KEY_TAKEN"')) return [];
  if (status !== 400) return [`answered ${status}, though the request is valid: ${body.slice(0, 300)}`];
  const { errors = [] } = readProblem(body).data ?? {};
  const left = unexplained(errors, value, {
    home,
    isChange: operation.method === 'PATCH' || isAction,
    isStart: sent.isStart === true,
  });
  return left.map(({ field, message }) => `refused, though the document allows it: ${field} ${message}`);
}

/** Checks that the answer has the values that were sent, except for secrets. Fields that the server fills in are ignored. */
function judgeEcho(sent: unknown, body: string): string[] {
  if (sent === undefined || body === '') return [];
  const answer: { items?: unknown[] } = Object(JSON.parse(body));
  const whole: { jobs?: unknown[] } = Object(sent);
  const items = Array.isArray(sent) ? sent : whole.jobs;
  if (items !== undefined && answer.items?.length !== items.length)
    return ['the answer to the batch has another number of items'];
  const pairs =
    items === undefined ? [[sent, answer]] : items.map((item, index) => [item, answer.items?.[index]]);
  // A batch is answered without the bodies of its jobs.
  const left = items === undefined ? NOT_ECHOED : [...NOT_ECHOED, 'body'];
  return pairs.flatMap(([given, stored]) => differences(given, stored, left));
}

/** Objects whose fields may be left out. The answer has all of them. */
const COMPLETED = ['retry', 'success'];

const NOT_ECHOED = ['headers', 'secretHeaders', 'overlapSeconds', 'token', 'dryRun'];

function differences(given: unknown, stored: unknown, left: readonly string[]): string[] {
  const there = new Map<string, unknown>(Object.entries(Object(stored)));
  return Object.entries(Object(given)).flatMap(([name, value]) => {
    if (left.includes(name)) return [];
    const found = there.get(name);
    if (name === 'expiresAt')
      return Date.parse(String(found)) === Math.floor(Date.parse(String(value))) ? [] : ['expiresAt differs'];
    if (name === 'filter') return isSameFilter(value, found) ? [] : ['the filter differs'];
    // -0 is 0 in JSON.
    const sent: unknown = JSON.parse(JSON.stringify(value ?? null));
    const whole = COMPLETED.includes(name) && sent !== null ? { ...Object(found), ...Object(sent) } : sent;
    const same = isDeepStrictEqual(whole, found ?? null);
    return same ? [] : [`the answer has ${name} as ${JSON.stringify(found)?.slice(0, 100)}`];
  });
}

/** Compares a filter with that of the answer: hosts are in lower case, instants are in milliseconds of UTC, and all jobs need no condition. */
function isSameFilter(given: unknown, found: unknown): boolean {
  const { all: _, ...conditions }: { all?: unknown; host?: string; nextBefore?: unknown } = Object(given);
  const { host, nextBefore } = conditions;
  return isDeepStrictEqual(Object(found), {
    ...conditions,
    ...(host !== undefined && { host: host.toLowerCase() }),
    ...(nextBefore !== undefined && { nextBefore: new Date(readInstant(nextBefore) ?? 0).toISOString() }),
  });
}
