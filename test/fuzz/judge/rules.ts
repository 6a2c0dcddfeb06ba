import type { FieldError } from '../../../lib/domain/errors.ts';
import { isGoodSchedule, isGoodUrl, isGoodZone } from '../values/known-good.ts';
import { operationRules } from './operation-rules.ts';
import type { Fields, Rule, RuleContext } from './rule.ts';
import { isLate, windowRules } from './window-rules.ts';

const has = (given: Fields, ...names: string[]): boolean => names.some((name) => Object.hasOwn(given, name));

/**
 * All rules by which the API may refuse a request that is valid for ajv. A refusal for any other reason, or for a field that
 * breaks none of these rules, is a bug of the API or of the document.
 */
const rules: readonly Rule[] = [
  ...windowRules,
  ...operationRules,
  {
    field: /^schedule$/,
    why: 'a schedule is a cron expression, a macro, an interval or an instant, with a time in the future: a schema cannot say that',
    mayBreak: (given, { isChange }) =>
      has(given, 'schedule')
        ? // A preview needs a time after `after`.
          !isGoodSchedule(given['schedule']) || isLate(given)
        : // A change of these fields needs a future time of the stored schedule.
          isChange && has(given, 'timeZone', 'isActive', 'isRecurring'),
  },
  {
    field: /^timeZone$/,
    why: 'a pattern cannot list the names of the IANA database',
    mayBreak: (given) => has(given, 'timeZone') && !isGoodZone(given['timeZone']),
  },
  {
    field: /^api$/,
    why: 'the URL is http or https, without credentials, fragment or blanks, with a public address and an allowed port',
    mayBreak: (given, { home }) => !isGoodUrl(home, given['api']),
  },
  {
    field: /^on(?:Failure|Recovery)$/,
    why: 'a report goes to a URL by the rules of a job: its pattern matches some texts that are not URLs',
    mayBreak: ({ onFailure, onRecovery }, { home }) =>
      [onFailure, onRecovery].some((url) => typeof url === 'string' && !isGoodUrl(home, url)),
  },
  {
    field: /^headers/,
    why:
      'names are tokens, unique regardless of case, not reserved by the connection or Belfry; values are Latin-1; 16,384 bytes in ' +
      'all; a URL of another origin keeps no secret',
    mayBreak: (given, { isChange }) =>
      has(given, 'headers')
        ? hasBadHeaders(given['headers'])
        : isChange && has(given, 'secretHeaders', 'api'),
  },
  {
    field: /^secretHeaders/,
    why: 'each entry is the name of a header of the job',
    mayBreak: (given, { isChange }) => namesNoHeader(given, isChange),
  },
  {
    field: /^body/,
    why: 'a body has at most 32 levels, and numbers that fit a double; GET and HEAD have no body',
    mayBreak: (given, { isChange }) =>
      depthOf(given['body']) > 32 ||
      hasInfinity(given['body']) ||
      ((isChange || (given['body'] ?? null) !== null) &&
        (has(given, 'body') || isChange) &&
        mayBeBodiless(given, isChange)),
  },
  {
    field: /^maxRetryCount$/,
    why: 'AT_MOST_ONCE allows no retries; a list of delays has one for each retry',
    mayBreak: (given, { isChange }) =>
      has(given, 'maxRetryCount', 'retry') && (isChange || hasDelays(given['retry']))
        ? true
        : isChange
          ? given['type'] === 'AT_MOST_ONCE' || (has(given, 'maxRetryCount') && given['maxRetryCount'] !== 0)
          : given['type'] === 'AT_MOST_ONCE' && has(given, 'maxRetryCount') && given['maxRetryCount'] !== 0,
  },
  {
    field: /^retry(?:\.maxMs)?$/,
    why: 'AT_MOST_ONCE never retries; maxMs is at least initialMs; all waits together last at most 7 days',
    mayBreak: (given, { isChange }) =>
      has(given, 'retry') || (isChange && has(given, 'type', 'maxRetryCount')),
  },
  {
    field: /^stopOn$/,
    why: 'AT_MOST_ONCE never retries',
    mayBreak: (given, { isChange }) =>
      (has(given, 'stopOn') || isChange) && (isChange || given['type'] === 'AT_MOST_ONCE'),
  },
  {
    field: /^success\.contains$/,
    why: 'the response to HEAD has no body',
    mayBreak: (given, { isChange }) =>
      isChange ? has(given, 'success', 'method') : given['method'] === 'HEAD',
  },
  {
    field: /^isRecurring$/,
    why: 'an instant occurs once',
    mayBreak: (given, { isChange }) =>
      isChange
        ? has(given, 'isRecurring', 'schedule')
        : given['isRecurring'] === true && /^(?:\d{4}-|at\()/.test(String(given['schedule'])),
  },
  {
    field: /^expiresAt$/,
    why: 'the expiry is an instant in the next ten years',
    mayBreak: (given) =>
      has(given, 'expiresAt') &&
      !/^\d{4}-(05-01T12:00:00Z|12-31t23:59:59\.9\+14:00)$/.test(String(given['expiresAt'])),
  },
];

/** Returns the errors that no rule explains. `value` is the body, which is valid by its schema. */
export function unexplained(
  errors: readonly FieldError[],
  value: unknown,
  context: RuleContext,
): FieldError[] {
  return errors.filter(({ field, index }) => {
    const given = itemOf(value, index);
    return !rules.some((rule) => rule.field.test(field) && rule.mayBreak(given, context));
  });
}

function itemOf(value: unknown, index: number | undefined): Fields {
  const whole: { jobs?: unknown } = Object(value);
  const items = Array.isArray(value) ? value : whole.jobs;
  const item: unknown = index === undefined || !Array.isArray(items) ? value : items[index];
  return Object(item);
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function hasBadHeaders(headers: unknown): boolean {
  const entries: [string, unknown][] = Object.entries(Object(headers));
  const names = entries.map(([name]) => name.toLowerCase());
  const sizeBytes = entries.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
  return (
    sizeBytes > 16_384 ||
    new Set(names).size < names.length ||
    entries.some(
      ([name, value]) =>
        !TOKEN.test(name) ||
        name === '__proto__' ||
        /^(host|content.length|te|trailer|upgrade|connection|keep.alive|expect|idempotency.key|http2.settings|transfer.encoding|proxy.*|x.belfry.*)$/i.test(
          name,
        ) ||
        /[^\t -~\u00a0-\u00ff]|^[\t ]|[\t ]$/.test(String(value)) ||
        // The placeholder of a secret is not a valid value.
        value === '[secret]',
    )
  );
}

function namesNoHeader(given: Fields, isChange: boolean): boolean {
  const named: unknown = given['secretHeaders'];
  // A change of the headers may remove a header that the job's `secretHeaders` still name.
  if (!Array.isArray(named)) return isChange && has(given, 'headers');
  const names = new Set(Object.keys(Object(given['headers'])).map((name) => name.toLowerCase()));
  return named.some((name) => !names.has(String(name).toLowerCase()) || !TOKEN.test(String(name)));
}

const hasDelays = (retry: unknown): boolean => Array.isArray(Object(retry).delaysSeconds);

const mayBeBodiless = (given: Fields, isChange: boolean): boolean =>
  has(given, 'method') ? given['method'] === 'GET' || given['method'] === 'HEAD' : isChange;

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function hasInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInfinity);
}
