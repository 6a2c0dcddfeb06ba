import { listItems } from '../lib/config/variables.ts';
import { LocalRunError } from './data-dir.ts';
import { hostName } from './loopback-host.ts';

export type LocalSettings = {
  /** 0 takes any that is free. */
  port: number;
  dataDir: string;
  /** Undefined where Belfry starts its own. */
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  sqsEndpoint: string | undefined;
  /** Undefined: one is made, and kept in the data directory. */
  apiKey: string | undefined;
  /** Undefined: in the data directory. */
  dataKeysFile: string | undefined;
  /** Names that callers may use beside those of loopback, in lower case. */
  allowedHosts: readonly string[];
  /** What the functions are to see beside the settings above. */
  functionEnv: Record<string, string>;
};

type Env = Record<string, string | undefined>;

/** Where jobs may call beside public addresses, unless told otherwise: whatever else runs on this machine. */
export const LOCAL_TARGETS = {
  BELFRY_ALLOWED_NETWORKS: '127.0.0.0/8,::1',
  BELFRY_ALLOWED_PORTS: '1-65535',
} as const;

/** Handed on to the functions. */
const FUNCTION_VARIABLES = [
  'BELFRY_LOG_LEVEL',
  'BELFRY_LOOK_AHEAD_SECONDS',
  'BELFRY_MAX_IN_FLIGHT',
  'BELFRY_RETENTION_DAYS',
  'BELFRY_RATE_LIMIT_PER_SECOND',
  'BELFRY_RATE_LIMIT_BURST',
  'BELFRY_ALLOWED_NETWORKS',
  'BELFRY_ALLOWED_PORTS',
] as const;

/** Empty, they name nothing, as in `lib/config`; any other variable that is empty is as if it were not set. */
const LISTS: ReadonlySet<string> = new Set(['BELFRY_ALLOWED_NETWORKS', 'BELFRY_ALLOWED_PORTS']);

const KEY_SHAPE = /^[!-~]{16,512}$/;

/** @throws LocalRunError that names the variable, and shows the value of PORT alone. */
export function readLocalSettings(env: Env): LocalSettings {
  const apiKey = given(env, 'BELFRY_API_KEY');
  if (apiKey !== undefined && !KEY_SHAPE.test(apiKey)) {
    throw new LocalRunError('BELFRY_API_KEY must be 16 to 512 printable ASCII characters without blanks');
  }
  return {
    port: readPort(env['PORT']),
    dataDir: given(env, 'BELFRY_DATA_DIR') ?? '.local',
    databaseUrl: readUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: readUrl(env, 'REDIS_URL', ['redis:', 'rediss:', 'unix:']),
    sqsEndpoint: readUrl(env, 'AWS_ENDPOINT_URL_SQS', ['http:', 'https:']),
    apiKey,
    dataKeysFile: given(env, 'BELFRY_DATA_KEYS_FILE'),
    allowedHosts: readHosts(env['BELFRY_ALLOWED_HOSTS'] ?? ''),
    functionEnv: {
      // One line a request would bury what matters.
      BELFRY_LOG_LEVEL: 'WARN',
      ...LOCAL_TARGETS,
      ...Object.fromEntries(
        FUNCTION_VARIABLES.flatMap((name) => {
          const value = LISTS.has(name) ? env[name] : given(env, name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    },
  };
}

function readHosts(text: string): string[] {
  return listItems(text).map((item, index) => {
    const name = hostName(item);
    if (name !== undefined && name === item.toLowerCase()) return name;
    throw new LocalRunError(
      `BELFRY_ALLOWED_HOSTS has an entry (${index + 1}) that is no host; write names such as proxy.internal, without a port, with commas in between`,
    );
  });
}

function readPort(port: string | undefined): number {
  if (port === undefined) return 8_080;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Infinity;
  if (number <= 65_535) return number;
  const value = port === '' ? 'empty' : JSON.stringify(port.slice(0, 40));
  throw new LocalRunError(`PORT is ${value}; it must be a number from 0 to 65535, or not set, for 8080`);
}

function readUrl(env: Env, name: string, protocols: readonly string[]): string | undefined {
  const url = given(env, name);
  if (url === undefined) return undefined;
  if (URL.canParse(url) && protocols.includes(new URL(url).protocol)) return url;
  const shapes = protocols.map((protocol) => `${protocol}//`).join(', ');
  throw new LocalRunError(`${name} is not a URL that starts with ${shapes}`);
}

function given(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
