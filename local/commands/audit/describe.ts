import type { Finding, RuleResult } from '../../../lib/audit/rule.ts';
import type { AuditOptions } from './options.ts';

/** Returns the first line of a report: the addresses, without user and password, and the period that is checked. */
export function describeAudit({ databaseUrl, redisUrl, settings }: AuditOptions): string {
  const { since, until } = settings;
  const parts = [databaseUrl, ...(redisUrl === undefined ? [] : [redisUrl])].map(addressOf);
  return `${parts.join(', ')}: executions of ${since.toISOString()} to ${until.toISOString()}\n`;
}

function addressOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${host || (searchParams.get('host') ?? '')}${pathname}`;
}

export function describeResult(result: RuleResult): string {
  const { name, promise, findings, rowsRead, undecided, isComplete, durationMs } = result;
  const notes = [
    `${rowsRead} rows`,
    ...(undecided === 0 ? [] : [`${undecided} undecided, because the job was changed`]),
    ...(isComplete ? [] : ['stopped at a limit, so there may be more']),
    `${(durationMs / 1_000).toFixed(1)} s`,
  ];
  const mark = findings.length > 0 ? 'FAIL' : isComplete ? 'ok  ' : 'part';
  return [
    `${mark}  ${name}: ${promise} (${notes.join(', ')})`,
    ...findings.map((finding) => `        ${describeFinding(finding)}`),
  ].join('\n');
}

export function describeFinding({ jobId, executionId, executionTime, detail }: Finding): string {
  const subject = [
    ...(jobId === undefined ? [] : [`job ${jobId}`]),
    ...(executionId === undefined ? [] : [`execution ${executionId}`]),
    ...(executionTime === undefined ? [] : [`of ${executionTime.toISOString()}`]),
  ].join(' ');
  return subject === '' ? detail : `${subject}: ${detail}`;
}

export function describeTotal(results: readonly RuleResult[]): string {
  const violated = results.filter(({ findings }) => findings.length > 0).length;
  const partial = results.filter(({ isComplete }) => !isComplete).length;
  const rest = partial === 0 ? '' : ` ${partial} stopped at a limit: raise --limit or --max-rows.`;
  return violated === 0
    ? `\n${results.length} rules, nothing found.${rest}`
    : `\n${violated} of ${results.length} rules are broken.${rest}`;
}

/** Returns the messages of an error and its causes. Passwords of the given addresses are masked. */
export function describeError(error: unknown, addresses: readonly string[]): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  const text = messages.length === 0 ? String(error) : messages.join(': ');
  return secretsOf(addresses).reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

/** Returns the passwords of the addresses, both encoded and decoded. */
function secretsOf(addresses: readonly string[]): string[] {
  return addresses
    .filter((address) => URL.canParse(address))
    .map((address) => new URL(address))
    .flatMap(({ password, searchParams }) => [password, decode(password), searchParams.get('password') ?? ''])
    .filter((secret) => secret !== '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
