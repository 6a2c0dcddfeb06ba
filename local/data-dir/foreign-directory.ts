import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOBODY_ID } from './service-user.ts';

/**
 * Finds the first of a directory and its parents that another user could replace while root uses it, and describes it with that
 * user. Returns undefined if there is none, or if this process does not run as root. The owner of this code is trusted, because
 * root already runs their code.
 *
 * @param path absolute path without links.
 */
export async function findForeignDirectory(path: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const trusted = new Set([0, statSync(fileURLToPath(import.meta.url)).uid]);
  for (let directory = path; ; directory = dirname(directory)) {
    const who = whoElseMayChange(await stat(directory), trusted);
    if (who !== undefined) return `${directory}, which ${who} can change`;
    if (directory === dirname(directory)) return undefined;
  }
}

function whoElseMayChange({ uid, gid, mode }: Stats, trusted: ReadonlySet<number>): string | undefined {
  if (!trusted.has(uid)) return `user ${uid}`;
  // In a sticky directory, such as /tmp, a user cannot replace the files of another user.
  if ((mode & 0o1000) !== 0) return undefined;
  if ((mode & 0o002) !== 0) return 'every user';
  return (mode & 0o020) !== 0 && gid === NOBODY_ID ? `group ${gid}` : undefined;
}
