import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Each is a few MB to download, and takes seconds. */
const INSTALL_TIMEOUT_MS = 180_000;
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
const OLDEST_MINOR = 10;

/** Python, pip or the package index is not there: no fault of what is tested. */
export class CannotInstallError extends Error {
  override readonly name = 'CannotInstallError';
}

/**
 * The Python of an environment that holds a package with all that it needs, at the versions of a requirements file, and
 * nothing else. It is made on the first run and kept in `cacheDir`.
 *
 * @param name of the package, for people and for the folder.
 * @throws CannotInstallError in one line that says what is missing.
 */
export async function installPython(
  name: string,
  options: { requirements: string; cacheDir: string; report: (line: string) => void },
): Promise<{ python: string }> {
  const { requirements, cacheDir, report } = options;
  const version = await findPython(name);
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const directory = join(cacheDir, `${name.toLowerCase()}-python${version}-${hash.slice(0, 12)}`);
  const python = join(directory, 'bin', 'python3');
  if (await exists(directory)) return { python };

  report(`installing ${name} to ${directory}, once`);
  // Whole or not at all: whoever comes at the same time, or after a run that was killed, finds no half of it.
  const unfinished = `${directory}.${process.pid}`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', unfinished], { timeout: INSTALL_TIMEOUT_MS });
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

async function findPython(name: string): Promise<string> {
  let version: string;
  try {
    version = (await run('python3', ['-c', PROBE], { timeout: 20_000 })).stdout.trim();
  } catch (cause) {
    throw new CannotInstallError(`there is no python3 with venv and pip: ${lastLine(cause)}`, { cause });
  }
  if (Number(version.split('.')[1]) < OLDEST_MINOR) {
    throw new CannotInstallError(`${name} needs Python 3.${OLDEST_MINOR}; python3 is ${version}`);
  }
  return version;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Of what a program wrote to stderr; Python puts the error itself there. */
function lastLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return (text === '' ? error.message : text).split('\n').at(-1) ?? error.message;
}
