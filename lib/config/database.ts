import * as z from 'zod';
import { flag, integer, isAnySet, unset, type Env, url } from './variables.ts';

/** Everything in one URL, the password too: one machine, or a database of somebody's own. */
const besideUrl = unset('cannot be set beside DATABASE_URL');
const urlSchema = z
  .object({
    DATABASE_URL: url('postgresql', 'postgres'),
    BELFRY_DATABASE_PORT: besideUrl,
    BELFRY_DATABASE_CA_FILE: besideUrl,
    BELFRY_DATABASE_PROXY: besideUrl,
  })
  .transform((env) => ({ database: { kind: 'url' as const, url: env.DATABASE_URL } }));

/** An address, and a secret that may be rotated at any time. Always over TLS, verified. */
const partsSchema = z
  .object({
    DATABASE_URL: unset('cannot be set beside BELFRY_DATABASE_HOST, _NAME and _SECRET_ARN'),
    BELFRY_DATABASE_HOST: z.string().min(1),
    BELFRY_DATABASE_PORT: integer({ min: 1, max: 65_535, default: 5_432 }),
    BELFRY_DATABASE_NAME: z.string().min(1),
    /** In Secrets Manager: JSON with `username` and `password`. */
    BELFRY_DATABASE_SECRET_ARN: z.string().min(1),
    /** Certificate authorities in PEM, trusted beside those of Node. */
    BELFRY_DATABASE_CA_FILE: z.string().min(1).optional(),
    /** Whether the host is an RDS Proxy, which takes no settings at the start of a connection. */
    BELFRY_DATABASE_PROXY: flag,
  })
  .transform((env) => ({
    database: {
      kind: 'parts' as const,
      host: env.BELFRY_DATABASE_HOST,
      port: env.BELFRY_DATABASE_PORT,
      database: env.BELFRY_DATABASE_NAME,
      secretArn: env.BELFRY_DATABASE_SECRET_ARN,
      caFile: env.BELFRY_DATABASE_CA_FILE,
      isProxied: env.BELFRY_DATABASE_PROXY,
    },
  }));

export type DatabaseConfig = z.infer<typeof urlSchema>['database'] | z.infer<typeof partsSchema>['database'];

/** The form that the environment uses; with neither it is the URL that is missing. */
export function databaseSchema(env: Env): z.ZodType<{ database: DatabaseConfig }> {
  const parts = ['BELFRY_DATABASE_HOST', 'BELFRY_DATABASE_NAME', 'BELFRY_DATABASE_SECRET_ARN'];
  return isAnySet(env, ...parts) ? partsSchema : urlSchema;
}

/** The same for the database itself: a proxy would take neither the limits nor the locks of a migration. */
export function directDatabaseSchema(env: Env): z.ZodType<{ database: DatabaseConfig }> {
  return databaseSchema(env).refine(({ database }) => database.kind === 'url' || !database.isProxied, {
    path: ['BELFRY_DATABASE_PROXY'],
    message: 'cannot be true here; name the database itself',
  });
}
