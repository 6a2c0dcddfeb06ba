import { parseArgs } from 'node:util';
import { DatabaseError } from 'pg';
import type { NewApiKey } from '../../../lib/domain/api-key.ts';
import { BelfryError, UnavailableError } from '../../../lib/domain/errors.ts';
import { parseNewApiKey } from '../../../lib/api/parse-api-key.ts';
import { parseId } from '../../../lib/api/path-id.ts';

export type KeysCommand =
  | { kind: 'create'; asked: NewApiKey }
  | { kind: 'list' }
  | { kind: 'revoke'; id: number };

/** What is wrong with the command line; printed without a stack. */
class UsageError extends Error {}

const USAGE = `usage: npm run keys -- create --name <name> --scope <scope> … [--expires <instant>] [--rate-limit <n>]
       npm run keys -- list
       npm run keys -- revoke --id <id>
with --database-url <url>, or DATABASE_URL in the environment`;
const NO_SCHEMA = '42P01';

const options = {
  'database-url': { type: 'string' },
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  expires: { type: 'string' },
  'rate-limit': { type: 'string' },
  id: { type: 'string' },
} as const;

/** What each command takes beside the database. */
const optionsOf: Record<string, readonly string[]> = {
  create: ['name', 'scope', 'expires', 'rate-limit'],
  list: [],
  revoke: ['id'],
};

/** @throws UsageError; ValidationError as the API's. Neither shows the database's URL, which holds a password. */
export function parseCommand(
  args: string[],
  env: Record<string, string | undefined>,
): { databaseUrl: string; command: KeysCommand } {
  const { values, positionals } = readArgs(args);
  const [kind = '', ...rest] = positionals;
  const allowed = Object.hasOwn(optionsOf, kind) ? optionsOf[kind] : undefined;
  if (allowed === undefined || rest.length > 0) throw new UsageError(USAGE);
  const surplus = Object.keys(values).find((name) => name !== 'database-url' && !allowed.includes(name));
  if (surplus !== undefined) throw new UsageError(`${kind} takes no --${surplus}\n${USAGE}`);
  return {
    databaseUrl: databaseUrlOf(values['database-url'] ?? env['DATABASE_URL']),
    command: commandOf(kind, values),
  };
}

type Values = ReturnType<typeof readArgs>['values'];

function readArgs(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function databaseUrlOf(url: string | undefined): string {
  if (url !== undefined && URL.canParse(url) && /^postgres(ql)?:/.test(url)) return url;
  throw new UsageError(
    `the database's URL ${url === undefined ? 'is missing' : 'does not begin with postgresql://'}\n${USAGE}`,
  );
}

function commandOf(kind: string, values: Values): KeysCommand {
  if (kind === 'list') return { kind };
  if (kind === 'revoke') return { kind, id: parseId(values.id, 'key') };
  const { name, scope: scopes, expires: expiresAt, 'rate-limit': rate } = values;
  const asked = {
    name,
    scopes,
    expiresAt,
    rateLimitPerSecond: rate === undefined ? undefined : Number(rate),
  };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { kind: 'create', asked: parseNewApiKey(given) };
}

/** One line for people, without a stack and without the URL. */
export function explainFailure(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof DatabaseError && error.code === NO_SCHEMA)
    return 'the database has no tables of Belfry, or older ones: deploy, or start, Belfry first';
  if (error instanceof UnavailableError && error.cause instanceof Error)
    return `the database does not answer: ${error.cause.message}`;
  if (error instanceof BelfryError) return error.message;
  return error instanceof Error ? `it failed: ${error.message}` : 'it failed';
}
