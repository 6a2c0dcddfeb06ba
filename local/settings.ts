import { LocalRunError } from './data-dir.ts';

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
    functionEnv: {
      // One line a request would bury what matters.
      BELFRY_LOG_LEVEL: 'WARN',
      ...LOCAL_TARGETS,
      ...Object.fromEntries(
        FUNCTION_VARIABLES.flatMap((name) => {
          const value = given(env, name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    },
  };
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
