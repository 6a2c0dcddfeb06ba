import { createHash } from 'node:crypto';
import { PutSecretValueCommand, ResourceExistsException } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/**
 * Puts a text in the place of the one that was read, unless somebody has replaced that one before: then, without a change,
 * `replaced-before`.
 */
export type ReplaceSecret = (
  secretArn: string,
  read: string,
  text: string,
) => Promise<'replaced' | 'replaced-before'>;

/**
 * Secrets Manager compares nothing before it puts, but takes a version's id from who puts it, and refuses one that is
 * there with another text. So the id is made from what was read: of several who have read the same, one replaces it.
 *
 * @throws UnavailableError, from the function it returns, when there is no answer or a refusal.
 */
export function makeReplaceSecret({ region }: { region: string }): ReplaceSecret {
  const client = createSecretsClient({ region });
  return async (secretArn, read, text) => {
    const version = createHash('sha256').update(`${secretArn}\n${read}`).digest('hex');
    const command = new PutSecretValueCommand({
      SecretId: secretArn,
      SecretString: text,
      ClientRequestToken: version,
    });
    try {
      await client.send(command, withinCallTimeout());
      return 'replaced';
    } catch (error) {
      if (error instanceof ResourceExistsException) return 'replaced-before';
      throw new UnavailableError('Secrets Manager', { cause: error });
    }
  };
}
