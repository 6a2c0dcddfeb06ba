import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/** Replaces the value of a secret by its ARN. Secrets Manager keeps the previous value as AWSPREVIOUS. */
export type PutSecret = (secretArn: string, text: string) => Promise<void>;

/** Makes the function that replaces secrets. It throws UnavailableError when Secrets Manager does not answer or refuses. */
export function makePutSecret({ region }: { region: string }): PutSecret {
  const client = createSecretsClient({ region });
  return async (secretArn, text) => {
    const command = new PutSecretValueCommand({ SecretId: secretArn, SecretString: text });
    await client.send(command, withinCallTimeout()).catch((error) => {
      throw new UnavailableError('Secrets Manager', { cause: error });
    });
  };
}
