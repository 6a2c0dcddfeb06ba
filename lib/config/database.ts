import * as z from 'zod';
import { flag, integer, isAnySet, unset, type Env, url, variableFacts } from './variables.ts';

/** The URL contains everything, with the password. It is for one machine, or for a database that you run yourself. */
const notWithUrl = unset('cannot be set together with DATABASE_URL');
export const databaseUrlSchema = z
  .object({
    DATABASE_URL: url('postgresql', 'postgres').register(variableFacts, {
      does: 'PostgreSQL, with user and password, in place of BELFRY_DATABASE_HOST and the others.',
      usedBy: ['functions', 'migrate'],
      values: '`postgresql://…`',
      onAws: '`databaseByUrl(url)`',
    }),
    BELFRY_DATABASE_PORT: notWithUrl,
    BELFRY_DATABASE_CA_FILE: notWithUrl,
    BELFRY_DATABASE_PROXY: notWithUrl,
  })
  .transform((env) => ({ database: { kind: 'url' as const, url: env.DATABASE_URL } }));

/** An address, and a secret that may be rotated at any time. Connections always use verified TLS. */
export const databasePartsSchema = z
  .object({
    DATABASE_URL: unset('cannot be set together with BELFRY_DATABASE_HOST, _NAME and _SECRET_ARN'),
    BELFRY_DATABASE_HOST: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The host of PostgreSQL. Connections to it always use TLS, and verify the certificate.',
        usedBy: ['functions', 'migrate'],
        values: 'a host name',
        onAws: 'the stack, or `databaseAt({ host })`',
      }),
    BELFRY_DATABASE_PORT: integer({
      min: 1,
      max: 65_535,
      default: 5_432,
      does: 'The port of PostgreSQL.',
      usedBy: ['functions', 'migrate'],
      onAws: 'the stack, or `databaseAt({ port })`',
    }),
    BELFRY_DATABASE_NAME: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The name of the database.',
        usedBy: ['functions', 'migrate'],
        values: 'a name',
        onAws: 'the stack, or `databaseAt({ name })`',
      }),
    BELFRY_DATABASE_SECRET_ARN: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The secret in Secrets Manager with the login: JSON with `username` and `password`. It may be rotated at any time.',
        usedBy: ['functions', 'migrate'],
        values: 'an ARN',
        onAws: 'the stack, or `databaseAt({ secret })`',
      }),
    BELFRY_DATABASE_CA_FILE: z
      .string()
      .min(1)
      .optional()
      .register(variableFacts, {
        does: "Certificate authorities in PEM, trusted in addition to Node's.",
        usedBy: ['functions', 'migrate'],
        values: 'a path',
        default: 'none',
        onAws: 'the stack: the authorities of RDS',
      }),
    BELFRY_DATABASE_PROXY: flag({
      does: 'Whether the host is an RDS Proxy, which takes no settings at the start of a connection. `migrate` refuses a proxy.',
      usedBy: ['functions'],
      onAws: 'the stack, where `hasProxy` is true',
    }),
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

export type DatabaseConfig =
  | z.infer<typeof databaseUrlSchema>['database']
  | z.infer<typeof databasePartsSchema>['database'];

/** Returns the schema of the form that the variables use. If neither is set, the error names the URL as missing. */
export function databaseSchema(env: Env): z.ZodType<{ database: DatabaseConfig }> {
  const parts = ['BELFRY_DATABASE_HOST', 'BELFRY_DATABASE_NAME', 'BELFRY_DATABASE_SECRET_ARN'];
  return isAnySet(env, ...parts) ? databasePartsSchema : databaseUrlSchema;
}

/** Returns the same schema, but refuses a proxy: a migration cannot set its limits and hold its lock through a proxy. */
export function directDatabaseSchema(env: Env): z.ZodType<{ database: DatabaseConfig }> {
  return databaseSchema(env).refine(({ database }) => database.kind === 'url' || !database.isProxied, {
    path: ['BELFRY_DATABASE_PROXY'],
    message: 'cannot be true for migrations; set BELFRY_DATABASE_HOST to the database itself',
  });
}
