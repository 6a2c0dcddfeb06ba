import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiKey, isApiKey } from '../../lib/app/api-key.ts';
import { writeOwnFile } from './own-files.ts';

/** Returns the admin key of an earlier run, or creates one and stores it. Only the holder of the data directory may call it. */
export async function openAdminKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'api-key');
  const kept = (await readFile(path, 'utf8').catch(ignoreAbsent)).trim();
  if (isApiKey(kept)) return kept;
  const key = createApiKey();
  await writeOwnFile(path, `${key}\n`);
  return key;
}

function ignoreAbsent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
