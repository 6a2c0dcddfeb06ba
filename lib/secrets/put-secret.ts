import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/** Makes a text the value of a secret, by its ARN; the value before stays as AWSPREVIOUS. */
export type PutSecret = (secretArn: string, text: string) => Promise<void>;

/** @throws UnavailableError, from the function it returns, when there is no answer or a refusal. */
export function makePutSecret({ region }: { region: string }): PutSecret {
  const client = createSecretsClient({ region });
  return async (secretArn, text) => {
    const command = new PutSecretValueCommand({ SecretId: secretArn, SecretString: text });
    await client.send(command, withinCallTimeout()).catch((error) => {
      throw new UnavailableError('Secrets Manager', { cause: error });
    });
  };
}
