import type { FetchSecret } from '../secrets/fetch-secret.ts';
import { createKeyRing, holdsNoKey, parseKeyRing } from '../secrets/key-ring.ts';
import type { ReplaceSecret } from '../secrets/replace-secret.ts';

/**
 * Puts a key ring into the secret where it holds nothing that could be one: CloudFormation fills a new secret with a
 * random text that is shorter than a key. A ring stays as it is. Anything longer is refused, not replaced: it may be a
 * ring with a slip of the pen, and with its keys all that was sealed would be lost.
 *
 * Of several at once one makes it, so that nothing can be sealed with a ring that another then replaces.
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
      `the secret ${secretArn} holds no key ring; put back the version before, or, where no job has secret headers, any text shorter than 43 characters that it never held`,
    );
  };
}
