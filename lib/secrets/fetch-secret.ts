import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/** The text of a secret as it is now, by its ARN. */
export type FetchSecret = (secretArn: string) => Promise<string>;

/**
 * Reads from Secrets Manager.
 *
 * Imported with the rest, though not every environment has a secret: over the SQS client, which brings what they share,
 * it is 14 kB and 2 ms, and a dynamic import would keep all of its exports, 31 kB.
 *
 * @throws UnavailableError, from the function it returns, when there is no answer or a refusal.
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
