import * as z from 'zod';
import { isAnySet, unset, type Env } from './variables.ts';

const secretSchema = z
  .object({
    /** In Secrets Manager: the key ring, as `lib/secrets/key-ring.ts` reads it. */
    BELFRY_DATA_KEYS_SECRET_ARN: z.string().min(1),
    BELFRY_DATA_KEYS_FILE: unset('cannot be set beside BELFRY_DATA_KEYS_SECRET_ARN'),
  })
  .transform((env) => ({
    dataKeys: { kind: 'secret' as const, secretArn: env.BELFRY_DATA_KEYS_SECRET_ARN },
  }));

/** The same ring in a file: on one machine. */
const fileSchema = z
  .object({ BELFRY_DATA_KEYS_FILE: z.string().min(1) })
  .transform((env) => ({ dataKeys: { kind: 'file' as const, path: env.BELFRY_DATA_KEYS_FILE } }));

export type DataKeysConfig =
  | z.infer<typeof secretSchema>['dataKeys']
  | z.infer<typeof fileSchema>['dataKeys'];

/** The form that the environment uses; with neither it is the secret that is missing. */
export function dataKeysSchema(env: Env): z.ZodType<{ dataKeys: DataKeysConfig }> {
  const isFile = isAnySet(env, 'BELFRY_DATA_KEYS_FILE') && !isAnySet(env, 'BELFRY_DATA_KEYS_SECRET_ARN');
  return isFile ? fileSchema : secretSchema;
}
