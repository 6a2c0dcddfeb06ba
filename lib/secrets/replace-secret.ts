import { createHash } from 'node:crypto';
import { PutSecretValueCommand, ResourceExistsException } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/errors.ts';
import { createSecretsClient, withinCallTimeout } from './client.ts';

/**
 * Replaces the text that was read with a new text. If another caller has already replaced the text that was read, it changes
 * nothing and resolves with `replaced-before`.
 */
export type ReplaceSecret = (
  secretArn: string,
  read: string,
  text: string,
) => Promise<'replaced' | 'replaced-before'>;

/**
 * Makes the function that replaces a text once. Secrets Manager has no compare-and-set, but the caller may choose the id of a
 * new version, and Secrets Manager refuses an existing id with a different text. The id is derived from the text that was
 * read, so only one of several callers that read the same text can replace it.
 *
 * The function throws UnavailableError when Secrets Manager does not answer or refuses.
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
