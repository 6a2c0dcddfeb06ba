import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createKeyRing, parseKeyRing } from '../lib/secrets/key-ring.ts';
import { LocalRunError } from './data-dir.ts';
import { writeOwnFile } from './own-files.ts';

/**
 * The path of the file with the keys of secret headers, which the first run makes and the others keep. To be called by the
 * holder of the data directory.
 *
 * @param given the user's own file, made where there is none. @throws LocalRunError for a file that holds something else: a
 * new ring in its place would be the end of every secret that is stored.
 */
export async function openDataKeysFile(dataDir: string, given: string | undefined): Promise<string> {
  const path = given === undefined ? join(dataDir, 'data-keys.json') : resolve(given);
  try {
    const held = await readFile(path, 'utf8').catch(ignoreAbsent);
    if (held === undefined) await writeOwnFile(path, createKeyRing());
    else if (parseKeyRing(held) === undefined)
      throw new LocalRunError(`${path} holds no key ring; ${REMEDY}`);
  } catch (error) {
    if (error instanceof LocalRunError || !(error instanceof Error && 'code' in error)) throw error;
    throw new LocalRunError(`cannot use the key ring: ${error.message}; set BELFRY_DATA_KEYS_FILE`, {
      cause: error,
    });
  }
  return path;
}

const REMEDY =
  'put it back as it was, or remove it for a new one, with which secret headers of before cannot be read';

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
