import * as z from 'zod';
import { type Config, readConfigWithKeys } from '../lib/config.ts';
import { ConfigError, readerOf } from '../lib/config/reader.ts';
import { type Env, integer, listItems, variableFacts } from '../lib/config/variables.ts';
import { isTopicArn } from '../lib/domain/callback.ts';
import { LocalRunError } from './data-dir/data-dir.ts';
import { hostName } from './services/loopback-host.ts';

export type LocalSettings = {
  /** The port; 0 for any free port. */
  port: number;
  dataDir: string;
  /** The URLs of the user's services; undefined if Belfry starts its own. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  sqsEndpoint: string | undefined;
  /** The admin key; if undefined, Belfry creates one and stores it in the data directory. */
  apiKey: string | undefined;
  /** The file of the data keys; if undefined, it is in the data directory. */
  dataKeysFile: string | undefined;
  /** Host names that callers may use in addition to loopback names, in lower case. */
  allowedHosts: readonly string[];
  /** Origins whose pages may call the API from a browser; undefined allows none. */
  corsOrigins: readonly string[] | undefined;
  /** Further variables of the functions. */
  functionEnv: Record<string, string>;
};

/** Default targets of jobs, in addition to public addresses: every port of this machine. */
export const LOCAL_TARGETS = {
  BELFRY_ALLOWED_NETWORKS: '127.0.0.0/8,::1',
  BELFRY_ALLOWED_PORTS: '1-65535',
} as const;

/** Defaults that differ from the defaults of the functions on AWS. */
export const LOCAL_DEFAULTS = {
  // Hides the line for each request, among which warnings would be overlooked.
  BELFRY_LOG_LEVEL: 'WARN',
  ...LOCAL_TARGETS,
} as const;

/** Variables that the local run passes on to its functions. */
export const FUNCTION_VARIABLES = [
  'BELFRY_LOG_LEVEL',
  'BELFRY_LOOK_AHEAD_SECONDS',
  'BELFRY_MAX_IN_FLIGHT',
  'BELFRY_MAX_RETRY_AFTER_SECONDS',
  'BELFRY_RETENTION_DAYS',
  'BELFRY_AUDIT_RETENTION_DAYS',
  'BELFRY_RATE_LIMIT_PER_SECOND',
  'BELFRY_RATE_LIMIT_BURST',
  'BELFRY_ALLOWED_NETWORKS',
  'BELFRY_ALLOWED_PORTS',
  'BELFRY_CORS_ORIGINS',
  'BELFRY_ON_FAILURE',
  'BELFRY_ON_RECOVERY',
  'AWS_ENDPOINT_URL_SNS',
] as const;

/** Variables whose empty value is an empty list, like in `lib/config`. Any other empty variable counts as not set. */
const LISTS: ReadonlySet<string> = new Set(['BELFRY_ALLOWED_NETWORKS', 'BELFRY_ALLOWED_PORTS']);

/** The variables that only a local run has. */
export const localSchema = z
  .object({
    PORT: integer({
      min: 0,
      max: 65_535,
      default: 8_080,
      does: 'The port of the API on 127.0.0.1. 0 takes any free port.',
      usedBy: ['npm start'],
    }),
    BELFRY_DATA_DIR: z
      .string()
      .default('.local')
      .register(variableFacts, {
        does: 'The directory of the data, the logs and the keys.',
        usedBy: ['npm start'],
        values: 'a path',
        default: '.local',
      }),
    BELFRY_API_KEY: z
      .string()
      .refine(
        (key) => /^[!-~]{16,512}$/.test(key),
        'must be 16 to 512 printable ASCII characters without blanks',
      )
      .optional()
      .register(variableFacts, {
        does: 'The admin key.',
        usedBy: ['npm start'],
        values: '16 to 512 printable ASCII characters',
        default: 'a key that is made, kept in the data directory and printed',
      }),
    BELFRY_ALLOWED_HOSTS: z
      .string()
      .default('')
      .transform(readHosts)
      .register(variableFacts, {
        does: 'Host names that callers may use in addition to `localhost`, such as the name of a proxy.',
        usedBy: ['npm start'],
        values: 'host names, with commas between them',
        default: 'none',
      }),
  })
  .transform((env) => ({
    port: env.PORT,
    dataDir: env.BELFRY_DATA_DIR,
    apiKey: env.BELFRY_API_KEY,
    allowedHosts: env.BELFRY_ALLOWED_HOSTS,
  }));

/** Placeholders for variables whose values are known only after the services have started. */
const NOT_STARTED_YET = {
  DATABASE_URL: 'postgresql://localhost/belfry',
  REDIS_URL: 'redis://localhost',
  BELFRY_WAKE_UP_QUEUE_URL: 'http://localhost/',
  BELFRY_DATA_KEYS_FILE: 'data-keys.json',
};

/**
 * Reads the settings of a local run and of its functions.
 *
 * @throws LocalRunError with one line for each wrong variable and the values it may have. It shows no value that was set.
 */
export function readLocalSettings(env: Env): LocalSettings {
  const set = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== '' || LISTS.has(name)),
  );
  const { DATABASE_URL, REDIS_URL, AWS_ENDPOINT_URL_SQS, BELFRY_DATA_KEYS_FILE } = set;
  const services = definedOf({ DATABASE_URL, REDIS_URL, AWS_ENDPOINT_URL_SQS, BELFRY_DATA_KEYS_FILE });
  const functionEnv = {
    ...LOCAL_DEFAULTS,
    ...definedOf(Object.fromEntries(FUNCTION_VARIABLES.map((name) => [name, set[name]]))),
  };
  const faults: string[] = [];
  const own = collectFaults(faults, () => {
    const { read, refuse } = readerOf(set);
    return read(localSchema) ?? refuse();
  });
  const config = collectFaults(faults, () =>
    readConfigWithKeys({ ...NOT_STARTED_YET, ...services, ...functionEnv }),
  );
  if (config !== undefined) faults.push(...topicFaults(config));
  if (faults.length > 0 || own === undefined || config === undefined)
    throw new LocalRunError(faults.join('\n'));
  return {
    ...own,
    databaseUrl: DATABASE_URL,
    redisUrl: REDIS_URL,
    sqsEndpoint: AWS_ENDPOINT_URL_SQS,
    dataKeysFile: BELFRY_DATA_KEYS_FILE,
    corsOrigins: config.corsOrigins,
    functionEnv,
  };
}

/** A topic of AWS needs the credentials of an account, which a local run does not have. */
function topicFaults({ callbackTargets, snsEndpoint }: Config): string[] {
  if (snsEndpoint !== undefined) return [];
  const { failure = '', recovery = '' } = callbackTargets;
  return Object.entries({ BELFRY_ON_FAILURE: failure, BELFRY_ON_RECOVERY: recovery }).flatMap(
    ([name, target]) =>
      isTopicArn(target)
        ? [
            `${name} is an SNS topic, which needs AWS; give a URL, or an emulator of SNS in AWS_ENDPOINT_URL_SNS`,
          ]
        : [],
  );
}

function collectFaults<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function definedOf(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function readHosts(text: string, ctx: z.RefinementCtx): string[] {
  const items = listItems(text);
  const names = items.map((item) => {
    const name = hostName(item);
    return name === item.toLowerCase() ? name : undefined;
  });
  const bad = names.indexOf(undefined);
  if (bad !== -1) {
    ctx.addIssue(
      `has an entry (${bad + 1}) that is not a host name; write names such as proxy.internal, without a port, separated by commas`,
    );
  }
  return names.filter((name) => name !== undefined);
}
