import type { FetchSecret } from '../secrets/fetch-secret.ts';
import { createKeyRing, holdsNoKey, parseKeyRing } from '../secrets/key-ring.ts';
import type { ReplaceSecret } from '../secrets/replace-secret.ts';

/**
 * Puts a new key ring into the secret, unless the secret already holds one. CloudFormation fills a new secret with a
 * random string that is shorter than a key. An existing key ring stays as it is. Any longer string is an error and is
 * not replaced: it may be a key ring with a typing error, and all encrypted headers would be lost with its keys.
 *
 * When several processes do this at the same time, only one writes the key ring. So no process encrypts with a key ring
 * that another one then replaces.
 *
 * @throws UnavailableError; Error when the secret holds something else.
 */
export function makeMakeKeyRing(deps: {
  fetchSecret: FetchSecret;
  replaceSecret: ReplaceSecret;
  secretArn: string;
}): () => Promise<void> {
  const { fetchSecret, replaceSecret, secretArn } = deps;
  return async () => {
    const held = await fetchSecret(secretArn);
    if (parseKeyRing(held) !== undefined) return;
    if (holdsNoKey(held) && (await replaceSecret(secretArn, held, createKeyRing())) === 'replaced') return;
    if (parseKeyRing(await fetchSecret(secretArn)) !== undefined) return;
    throw new Error(
      `the secret ${secretArn} holds no key ring; restore its previous version. If no job has secret headers, you can instead set it to a string shorter than 43 characters that it never held`,
    );
  };
}
