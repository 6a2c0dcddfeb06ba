import { spawnSync } from 'node:child_process';

export type ServiceUser = { uid: number; gid: number };

/** The user "nobody" of Linux. */
const NOBODY = 65_534;

/** PostgreSQL refuses to run as root, so root runs it as nobody; anybody else runs it as themselves (undefined). */
export function serviceUser(): ServiceUser | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Asked of the kernel, as that user: modes along the path leave out access lists and the like. */
export function canEnter(directory: string, user: ServiceUser | undefined): boolean {
  if (user === undefined) return true;
  const { status } = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}
