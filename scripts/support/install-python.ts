import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, readFile, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Most are a few MB to download, and take seconds. LocalStack is 500 MB on disk, and took 60 to 80 seconds. */
const INSTALL_TIMEOUT_MS = 300_000;
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
const OLDEST_MINOR = 10;

/** Python, pip or the package index is not available; the tested code is not at fault. */
export class CannotInstallError extends Error {
  override readonly name = 'CannotInstallError';
}

/**
 * Returns the Python of an environment that holds only a package and its dependencies, at the versions of a requirements
 * file. The first run creates it; `cacheDir` keeps it.
 *
 * @param name of the package, for people and for the folder.
 * @param options.oldestMinor of Python 3 that the package runs on.
 * @throws CannotInstallError in one line that says what is missing.
 */
export async function installPython(
  name: string,
  options: {
    requirements: string;
    cacheDir: string;
    report: (line: string) => void;
    oldestMinor?: number;
  },
): Promise<{ python: string }> {
  const { requirements, cacheDir, report, oldestMinor = OLDEST_MINOR } = options;
  const { command, version } = await findPython(name, oldestMinor);
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const directory = join(cacheDir, `${name.toLowerCase()}-python${version}-${hash.slice(0, 12)}`);
  const python = join(directory, 'bin', 'python3');
  if (await exists(directory)) return { python };

  report(`installing ${name} to ${directory}, once`);
  // The environment is complete or missing: another process never finds an incomplete one, even after a kill.
  const unfinished = `${directory}.${process.pid}`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await run(command, ['-m', 'venv', unfinished], { timeout: INSTALL_TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
    const bounds = ['--retries', '1', '--timeout', '20'];
    await run(join(unfinished, 'bin', 'python3'), [...pip, ...bounds, '--requirement', requirements], {
      timeout: INSTALL_TIMEOUT_MS,
    });
    await rename(unfinished, directory);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(directory))) {
      throw new CannotInstallError(`pip cannot install ${name}: ${lastLine(cause)}`, { cause });
    }
  }
  return { python };
}

/** Returns `python3` if it is new enough, otherwise another Python of the machine. */
async function findPython(name: string, oldestMinor: number): Promise<{ command: string; version: string }> {
  let first: string | undefined;
  for (const command of ['python3', ...(await listOthers(oldestMinor))]) {
    try {
      const version = (await run(command, ['-c', PROBE], { timeout: 20_000 })).stdout.trim();
      if (Number(version.split('.')[1]) >= oldestMinor) return { command, version };
      first ??= `python3 is ${version}`;
    } catch (cause) {
      first ??= `there is no python3 with venv and pip: ${lastLine(cause)}`;
    }
  }
  throw new CannotInstallError(
    `${name} needs Python 3.${oldestMinor} or newer; ${first}. \`uv python install 3.${oldestMinor}\` gets one`,
  );
}

/** The oldest that fits comes first: packages at fixed versions may not know the newest Python. */
async function listOthers(oldestMinor: number): Promise<string[]> {
  const minors = [0, 1, 2, 3].map((more) => oldestMinor + more);
  // pyenv and uv keep the versions that they install in folders named for them, which need not be on the PATH.
  const folders = [join(homedir(), '.pyenv', 'versions'), join(homedir(), '.local', 'share', 'uv', 'python')];
  const installed: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    installed.push(...names.map((entry) => join(folder, entry, 'bin', 'python3')));
  }
  const isMinor = (path: string, minor: number) => new RegExp(`/(cpython-)?3\\.${minor}\\.`).test(path);
  return minors.flatMap((minor) => [`python3.${minor}`, ...installed.filter((path) => isMinor(path, minor))]);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Returns the last line of stderr, where Python prints the error. */
function lastLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return (text === '' ? error.message : text).split('\n').at(-1) ?? error.message;
}
