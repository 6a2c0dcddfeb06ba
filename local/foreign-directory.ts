import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOBODY } from './services/service-user.ts';

/**
 * The first of a directory and its parents that somebody else could exchange under root's hands, and who; undefined when
 * there is none, or when we are not root. The owner of this code is trusted: root runs what that user wrote.
 *
 * @param path absolute, without links.
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
  // In a sticky directory, such as /tmp, nobody may exchange what is another user's.
  if ((mode & 0o1000) !== 0) return undefined;
  if ((mode & 0o002) !== 0) return 'everybody';
  return (mode & 0o020) !== 0 && gid === NOBODY ? `group ${gid}` : undefined;
}
