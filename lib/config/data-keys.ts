import * as z from 'zod';
import { isAnySet, unset, variableFacts, type Env } from './variables.ts';

export const dataKeysSecretSchema = z
  .object({
    BELFRY_DATA_KEYS_SECRET_ARN: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The secret in Secrets Manager that holds the key ring of secret headers. `migrate` creates the ring in it.',
        usedBy: ['api', 'worker', 'declared-jobs', 'migrate'],
        values: 'an ARN',
        onAws: 'the stack',
      }),
    BELFRY_DATA_KEYS_FILE: unset('cannot be set together with BELFRY_DATA_KEYS_SECRET_ARN'),
  })
  .transform((env) => ({
    dataKeys: { kind: 'secret' as const, secretArn: env.BELFRY_DATA_KEYS_SECRET_ARN },
  }));

/** The key ring in a file, for a run on one machine. */
export const dataKeysFileSchema = z
  .object({
    BELFRY_DATA_KEYS_FILE: z
      .string()
      .min(1)
      .register(variableFacts, {
        does: 'The file that holds the key ring, instead of BELFRY_DATA_KEYS_SECRET_ARN.',
        usedBy: ['api', 'worker', 'declared-jobs'],
        values: 'a path',
      }),
  })
  .transform((env) => ({ dataKeys: { kind: 'file' as const, path: env.BELFRY_DATA_KEYS_FILE } }));

export type DataKeysConfig =
  | z.infer<typeof dataKeysSecretSchema>['dataKeys']
  | z.infer<typeof dataKeysFileSchema>['dataKeys'];

/** Returns the schema of the form that the variables use. If neither is set, the error names the secret as missing. */
export function dataKeysSchema(env: Env): z.ZodType<{ dataKeys: DataKeysConfig }> {
  const isFile = isAnySet(env, 'BELFRY_DATA_KEYS_FILE') && !isAnySet(env, 'BELFRY_DATA_KEYS_SECRET_ARN');
  return isFile ? dataKeysFileSchema : dataKeysSecretSchema;
}
