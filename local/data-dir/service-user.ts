import { spawnSync } from 'node:child_process';
import { rm, rmdir } from 'node:fs/promises';

export type ServiceUser = { uid: number; gid: number };

/** The user and group id of "nobody" on Linux. */
export const NOBODY_ID = 65_534;

/** Returns the user that runs PostgreSQL: "nobody" under root, because PostgreSQL refuses to run as root; otherwise undefined. */
export function serviceUser(): ServiceUser | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY_ID, gid: NOBODY_ID } : undefined;
}

/** Returns true if that user can enter the directory. It asks the kernel, because file modes do not show access lists. */
export function canEnter(directory: string, user: ServiceUser | undefined): boolean {
  return user === undefined || runAs(user, 'cd -- "$1"', [directory]).status === 0;
}

/**
 * Runs a line of shell as that user. Use only this function to change files in that user's directory: the user could have put a
 * link there, which root would follow to any file, but which leads that user only to their own files.
 *
 * @param args the values of `$1` and so on.
 */
export function runAs(
  user: ServiceUser | undefined,
  line: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('/bin/sh', ['-c', line, 'sh', ...args], { ...user, cwd: '/', encoding: 'utf8' });
}

/** Removes a directory of that user if it exists. Only our user may be able to write in its parent. */
export async function removeTheirs(path: string, user: ServiceUser | undefined): Promise<void> {
  if (user === undefined) return rm(path, { recursive: true, force: true });
  // That user removes the content but cannot remove the directory itself, so this process removes it.
  runAs(user, 'rm -rf -- "$1"', [path]);
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
