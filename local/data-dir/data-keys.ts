import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createKeyRing, parseKeyRing } from '../../lib/secrets/key-ring.ts';
import { LocalRunError } from './data-dir.ts';
import { writeOwnFile } from './own-files.ts';

/**
 * Returns the path of the file with the keys of secret headers. The first run creates it, and later runs keep it. Only the
 * holder of the data directory may call it.
 *
 * @param given the user's own file; created if it does not exist. @throws LocalRunError if the file is not a key ring. It is not
 * replaced, because without the old ring no stored secret can be decrypted.
 */
export async function openDataKeysFile(dataDir: string, given: string | undefined): Promise<string> {
  const path = given === undefined ? join(dataDir, 'data-keys.json') : resolve(given);
  try {
    const held = await readFile(path, 'utf8').catch(ignoreAbsent);
    if (held === undefined) await writeOwnFile(path, createKeyRing());
    else if (parseKeyRing(held) === undefined)
      throw new LocalRunError(`${path} is not a key ring; ${REMEDY}`);
  } catch (error) {
    if (error instanceof LocalRunError || !(error instanceof Error && 'code' in error)) throw error;
    throw new LocalRunError(`cannot use the key ring: ${error.message}; set BELFRY_DATA_KEYS_FILE`, {
      cause: error,
    });
  }
  return path;
}

const REMEDY =
  'restore it, or remove it to create a new one, with which existing secret headers cannot be decrypted';

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
