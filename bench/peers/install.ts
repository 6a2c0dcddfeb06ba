import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Installs the packages of the peers, outside of Belfry's dependencies, with the exact versions of the lock files in
 * bench/peers.
 */

const SOURCE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/belfry-peers/', import.meta.url));

const run = promisify(execFile);

export type Installed = {
  /** The folders of the programs, next to their packages. */
  directory: string;
  /** River's program, or the reason why it is missing. */
  river: { program: string } | { missing: string };
};

export async function installPeers(progress: (line: string) => void): Promise<Installed> {
  await mkdir(CACHE, { recursive: true });
  await cp(SOURCE, CACHE, { recursive: true });
  await installPackages(progress);
  return { directory: CACHE, river: await buildRiver(progress) };
}

/** Installs again only when the lock file has changed. */
async function installPackages(progress: (line: string) => void): Promise<void> {
  const lock = await readFile(join(CACHE, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const stamp = join(CACHE, 'installed');
  const found = await readFile(stamp, 'utf8').catch(() => undefined);
  if (found === wanted) return;
  progress('npm ci');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: CACHE });
  await writeFile(stamp, wanted);
}

async function buildRiver(progress: (line: string) => void): Promise<Installed['river']> {
  const program = join(CACHE, 'river', 'program');
  try {
    progress('go build');
    await run('go', ['build', '-mod=readonly', '-o', program, '.'], { cwd: join(CACHE, 'river') });
    return { program };
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { missing: reason.includes('ENOENT') ? 'there is no `go` on PATH' : reason };
  }
}
