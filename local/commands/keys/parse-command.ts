import { DatabaseError } from 'pg';
import { apiKeyScopes, type NewApiKey } from '../../../lib/domain/api-key.ts';
import { BelfryError, UnavailableError } from '../../../lib/domain/errors.ts';
import { parseNewApiKey } from '../../../lib/api/parse-api-key.ts';
import { parseId } from '../../../lib/api/path-id.ts';
import { CommandLineError, readCommandLine } from '../command-line.ts';

export type KeysCommand =
  | { kind: 'create'; asked: NewApiKey }
  | { kind: 'list' }
  | { kind: 'revoke'; id: number };

const NO_SCHEMA = '42P01';

export const keysCommand = {
  name: 'npm run keys',
  does: 'Creates, lists or revokes API keys, directly in the database. A key is printed once, when it is created.',
  argument: 'create|list|revoke',
  options: {
    'database-url': {
      type: 'string',
      value: 'URL',
      help: 'postgresql://…; by default the variable DATABASE_URL, which other users of the machine cannot see',
    },
    name: { type: 'string', value: 'NAME', help: 'create: the name of the key' },
    scope: {
      type: 'string',
      multiple: true,
      value: 'SCOPE',
      help: `create: ${apiKeyScopes.join(', ')}; may be repeated`,
    },
    expires: {
      type: 'string',
      value: 'TIME',
      help: 'create: when the key expires (ISO 8601); never by default',
    },
    'rate-limit': {
      type: 'string',
      value: 'N',
      help: "create: requests a second; the deployment's limit by default",
    },
    id: { type: 'string', value: 'ID', help: 'revoke: the id of the key' },
  },
  details: [
    'npm run keys -- create --name ops --scope admin --scope read --expires 2031-05-01T12:00:00Z',
    'npm run keys -- list',
    'npm run keys -- revoke --id 7',
  ],
} as const;

/** The options of each command, in addition to the database. */
const optionsOf: Record<string, readonly string[]> = {
  create: ['name', 'scope', 'expires', 'rate-limit'],
  list: [],
  revoke: ['id'],
};

/**
 * Reads a command. It never shows the database's URL, which contains a password.
 *
 * @throws CommandLineError, or ValidationError with the same messages as the API.
 */
export function parseCommand(
  args: string[],
  env: Record<string, string | undefined>,
): { databaseUrl: string; command: KeysCommand } {
  const { values, positionals } = readCommandLine(keysCommand, args);
  const [kind = '', ...rest] = positionals;
  const allowed = Object.hasOwn(optionsOf, kind) ? optionsOf[kind] : undefined;
  if (allowed === undefined || rest.length > 0)
    throw new CommandLineError(
      `give one command: create, list or revoke; ${keysCommand.name} -- --help describes them`,
    );
  const surplus = Object.keys(values).find((name) => name !== 'database-url' && !allowed.includes(name));
  if (surplus !== undefined) throw new CommandLineError(`${kind} takes no --${surplus}`);
  return {
    databaseUrl: databaseUrlOf(values['database-url'] ?? env['DATABASE_URL']),
    command: commandOf(kind, values),
  };
}

type Values = ReturnType<typeof readCommandLine<typeof keysCommand.options>>['values'];

function databaseUrlOf(url: string | undefined): string {
  if (url !== undefined && URL.canParse(url) && /^postgres(ql)?:/.test(url)) return url;
  throw new CommandLineError(
    `the database's URL ${url === undefined ? 'is missing' : 'does not begin with postgresql://'}; ` +
      'give it as --database-url or in DATABASE_URL',
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

/** Returns one line for the terminal, without a stack and without the URL. */
export function explainFailure(error: unknown): string {
  if (error instanceof CommandLineError) return error.message;
  if (error instanceof DatabaseError && error.code === NO_SCHEMA)
    return 'the database has no tables of Belfry, or outdated ones; deploy or start Belfry first';
  if (error instanceof UnavailableError && error.cause instanceof Error)
    return `the database does not answer: ${error.cause.message}`;
  if (error instanceof BelfryError) return error.message;
  return error instanceof Error ? `the command failed: ${error.message}` : 'the command failed';
}
