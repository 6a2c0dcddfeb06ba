import * as z from 'zod';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';

const givenUrl = (protocol: RegExp) => z.url({ protocol }).optional();

const settingsSchema = z.object({
  /** An emulator that runs already; without it a MiniStack is started. */
  AWS_ENDPOINT_URL: givenUrl(/^https?$/),
  /** A LocalStack that runs already; without it one is started, on LOCALSTACK_PORT or on a free port. */
  LOCALSTACK_ENDPOINT: givenUrl(/^https?$/),
  LOCALSTACK_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** The addresses under which the functions reach them, which differ in Docker. Without them, both are started. */
  DATABASE_URL: givenUrl(/^postgres(ql)?$/),
  REDIS_URL: givenUrl(/^(rediss?|unix)$/),
  /** The source of ticks: `schedule` where the emulator runs the schedules of EventBridge Scheduler, as MiniStack does. */
  BELFRY_E2E_TICK: z.enum(['schedule', 'rule']).optional(),
  /** Networks that the functions may call in addition to public addresses: this machine is there. */
  BELFRY_E2E_ALLOWED_NETWORKS: z.string().min(1).default('127.0.0.0/8,::1'),
  /** The host under which the functions reach this machine, if it is not 127.0.0.1, such as `host.docker.internal`. */
  BELFRY_E2E_TARGET_HOST: z.string().min(1).optional(),
});

/** The emulator that a command starts. */
export type E2eEmulator = 'ministack' | 'localstack';

export type E2eSettings = {
  emulator: E2eEmulator;
  endpoint: string | undefined;
  /** The port of the emulator; undefined for a free port. */
  port: number | undefined;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  tick: 'schedule' | 'rule';
  targetHost: string;
  allowedNetworks: string;
};

/** @throws LocalRunError that names every variable that is wrong, and shows no value. */
export function readE2eSettings(env: Record<string, string | undefined>, emulator: E2eEmulator): E2eSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.'));
    throw new LocalRunError(`not valid: ${names.join(', ')}`);
  }
  const { AWS_ENDPOINT_URL, LOCALSTACK_ENDPOINT, LOCALSTACK_PORT } = parsed.data;
  const endpoint = emulator === 'localstack' ? LOCALSTACK_ENDPOINT : AWS_ENDPOINT_URL;
  const isOurMiniStack = emulator === 'ministack' && endpoint === undefined;
  return {
    emulator,
    endpoint: endpoint?.replace(/\/$/, ''),
    port: emulator === 'localstack' ? LOCALSTACK_PORT : undefined,
    databaseUrl: parsed.data.DATABASE_URL,
    redisUrl: parsed.data.REDIS_URL,
    // Every emulator supports rules.
    tick: parsed.data.BELFRY_E2E_TICK ?? (isOurMiniStack ? 'schedule' : 'rule'),
    allowedNetworks: parsed.data.BELFRY_E2E_ALLOWED_NETWORKS,
    targetHost: parsed.data.BELFRY_E2E_TARGET_HOST ?? '127.0.0.1',
  };
}
