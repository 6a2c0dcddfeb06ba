import type { Api, Operation } from '../document/operations.ts';
import type { Violations } from '../document/validate.ts';
import { letsIn, scopesOf } from '../requests/credentials.ts';
import type { Plan } from '../requests/plan.ts';
import type { Sent } from '../run/resolve.ts';
import { readBody } from './read-body.ts';

/** The allowed answers of a request. `open`: the document does not decide, so every answer except a 5xx is allowed. */
export type Expected =
  | { kind: 'open'; why: string }
  | { kind: 'refused'; statuses: readonly number[]; why: string }
  /** The request is valid according to the document. `value` is its body. */
  | { kind: 'valid'; operation: Operation; value: unknown };

type Fault = { status: number; why: string };

const open = (why: string): Expected => ({ kind: 'open', why });
const refused = (...faults: Fault[]): Expected => ({
  kind: 'refused',
  statuses: faults.map(({ status }) => status),
  why: faults.map(({ why }) => why).join('; '),
});

const MAX_ID = 2n ** 53n - 1n;

/** Derives the allowed answers of a request from the document, in the order in which the API may check the request's parts. */
export function expect(
  plan: Plan,
  sent: Sent,
  { api, violations }: { api: Api; violations: Violations },
): Expected {
  const { target, headers, credential } = plan;
  if (target.odd !== undefined) return open(`the path is odd: ${target.odd}`);
  if (/[^!-~]/.test(sent.target)) return open('its target is not ASCII');
  if (headers.effect === 'open') return open('odd headers');
  const isLong = sent.target.length > 2_000;
  if (headers.effect === 'too large') {
    const tooLong = isLong ? [{ status: 414, why: 'its target may be too long' }] : [];
    return refused({ status: 431, why: 'its headers are too large' }, ...tooLong);
  }
  if (isLong) return open('its target may be too long');

  if ((sent.body?.length ?? 0) > 4_194_304)
    return open('its body is larger than a gateway reads, regardless of its key');

  const [path = '', query = ''] = sent.target.split('?');
  // An id with other characters may change the path or the id: the server decides.
  if (!/^[\w./-]*$/.test(path) || path.includes('..') || path.includes('/.'))
    return open('odd characters in its path');
  const found = findOperation(api, sent.method, path);
  if (found === 'no path') return refused({ status: 404, why: 'the document has no such path' });
  if (found === 'no method') return refused({ status: 405, why: 'the document has no such method there' });

  const { scope } = found;
  if (scope !== null) {
    if (credential.kind === 'made') return open('its key may be revoked, rate-limited or without the scope');
    if (credential.kind === 'wrong' || !letsIn(credential.name))
      return refused({ status: 401, why: 'it has no valid key' });
    if (scope !== 'any' && !scopesOf[credential.name].includes(scope))
      return refused({ status: 403, why: `its key lacks ${scope}` });
  }
  const parts = [
    faultOfId(found, path),
    faultOfQuery(found, query, violations),
    faultOfBody(found, plan, sent, violations),
  ];
  const faults = parts.filter((part) => part !== undefined && part !== 'open');
  if (parts.includes('open')) return open('it has a number in an unusual notation, or a cursor');
  if (faults.length > 0) return refused(...faults);
  if (found.body === undefined) return { kind: 'valid', operation: found, value: undefined };
  const body = readBody(sent.body);
  return { kind: 'valid', operation: found, value: body.kind === 'json' ? body.value : undefined };
}

function findOperation(
  { operations }: Api,
  method: string,
  path: string,
): Operation | 'no path' | 'no method' {
  const there = operations.filter((operation) =>
    new RegExp(`^${operation.path.replaceAll('.', '\\.').replace('{id}', '[^/]+')}$`).test(path),
  );
  // A path without a parameter takes precedence over one with a parameter, for every method.
  const template = there.toSorted((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))[0]
    ?.path;
  if (template === undefined) return 'no path';
  const documented = method === 'HEAD' ? 'GET' : method;
  return there.find((each) => each.path === template && each.method === documented) ?? 'no method';
}

function faultOfId({ path: template, pathParameters }: Operation, path: string): Fault | 'open' | undefined {
  if (pathParameters.length === 0) return undefined;
  const at = template.split('/').indexOf('{id}');
  const text = path.split('/')[at] ?? '';
  if (/^[1-9]\d*$/.test(text) && BigInt(text) <= MAX_ID) return undefined;
  // Some parsers read 01 and 1e3 as numbers.
  return /^0\d|^\d+e\d+$/.test(text) ? 'open' : { status: 400, why: 'its id is invalid' };
}

function faultOfQuery(
  { queryParameters, scope }: Operation,
  query: string,
  violations: Violations,
): Fault | 'open' | undefined {
  // Operations without a key accept any query: probes and caches add their own.
  if (scope === null) return undefined;
  const wrong = (why: string): Fault => ({ status: 400, why });
  let isOpen = false;
  const seen = new Set<string>();
  for (const part of query.split('&').filter((each) => each !== '')) {
    const [name = '', value = ''] = part.split('=');
    if (/[^\w.-]/.test(name + value)) return 'open';
    if (seen.has(name)) return wrong(`the parameter ${name} is repeated`);
    seen.add(name);
    const parameter = queryParameters.find((each) => each.name === name);
    if (parameter === undefined) return wrong(`the parameter ${name} is unknown`);
    const isNumber = parameter.schema.type === 'integer';
    // The schema does not say which strings are cursors; a cursor excludes an offset.
    if (name === 'cursor') isOpen = true;
    else if (isNumber && /^-0|^0\d|e|^\d+\.0*$/.test(value)) isOpen = true;
    else if (isNumber && !/^-?\d+$/.test(value)) return wrong(`${name} is not a number`);
    else if (violations(parameter.schema, isNumber ? Number(value) : value).length > 0)
      return wrong(`${name} is out of range`);
  }
  const missing = queryParameters.find(({ name, required = false }) => required && !seen.has(name));
  if (missing !== undefined) return wrong(`the parameter ${missing.name} is missing`);
  return isOpen ? 'open' : undefined;
}

function faultOfBody(
  { body: schema, key, mayLackBody }: Operation,
  { headers }: Plan,
  { body }: Sent,
  violations: Violations,
): Fault | undefined {
  if (schema === undefined) return undefined;
  if (mayLackBody && (body === undefined || body.length === 0)) return undefined;
  if (headers.effect === 'unsupported') return { status: 415, why: 'its content-type is unsupported' };
  const limitBytes = key.endsWith('/batch') ? 4_194_304 : key.includes('keys') ? 16_384 : 1_048_576;
  if ((body?.length ?? 0) > limitBytes) return { status: 413, why: 'its body is too large' };
  const read = readBody(body);
  if (read.kind === 'broken') return { status: 400, why: read.why };
  const broken = violations(schema, read.value);
  return broken.length === 0 ? undefined : { status: 400, why: `its body breaks ${broken.join(', ')}` };
}
