import { spawnSync } from 'node:child_process';
import { rm, rmdir } from 'node:fs/promises';

export type ServiceUser = { uid: number; gid: number };

/** The user "nobody" of Linux. */
export const NOBODY = 65_534;

/** PostgreSQL refuses to run as root, so root runs it as nobody; anybody else runs it as themselves (undefined). */
export function serviceUser(): ServiceUser | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Asked of the kernel, as that user: modes along the path leave out access lists and the like. */
export function canEnter(directory: string, user: ServiceUser | undefined): boolean {
  return user === undefined || runAs(user, 'cd -- "$1"', [directory]).status === 0;
}

/**
 * Runs a line of shell as that user. What lies in a directory of theirs is to be touched in this way alone: they could put a
 * link there, which root would follow to any file, and they only to their own.
 *
 * @param args `$1` and so on.
 */
export function runAs(
  user: ServiceUser | undefined,
  line: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('/bin/sh', ['-c', line, 'sh', ...args], { ...user, cwd: '/', encoding: 'utf8' });
}

/** Removes a directory of that user's, whose own parent is ours alone. It may be absent. */
export async function removeTheirs(path: string, user: ServiceUser | undefined): Promise<void> {
  if (user === undefined) return rm(path, { recursive: true, force: true });
  // They may not remove the directory itself, and we remove nothing else.
  runAs(user, 'rm -rf -- "$1"', [path]);
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
