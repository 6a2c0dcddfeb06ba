import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Timeout of each command, because a mirror may not answer. */
const STEP_TIMEOUT_MS = 120_000;

/** Debian's package names. The server's file is a link to a file of the tools. The first server that is new enough is used. */
const choices = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
];

/**
 * Downloads a Redis from the package archive of this Debian or Ubuntu, and unpacks it to `target`. It needs no root and does not
 * change the system: it uses its own lists, cache and locks, and the hooks of apt's configuration do not run. apt verifies the
 * origin of the packages as usual. Several processes may do this at the same time.
 */
export async function downloadRedis(
  target: string,
  isUsable: (directory: string) => Promise<boolean>,
): Promise<void> {
  const work = await mkdtemp(join(dirname(target), 'redis-download-'));
  try {
    const aptGet = await makeAptGet(work);
    // An update may fail for an archive that is not needed, so the error counts only if the download fails too.
    const updateFailed = await aptGet('update').then(
      () => undefined,
      (error: unknown) => error,
    );
    let reason = updateFailed;
    for (const [index, packages] of choices.entries()) {
      try {
        const root = join(work, `root-${index}`);
        await aptGet('--reinstall', '--no-install-recommends', '--download-only', 'install', ...packages);
        await unpack(join(work, 'cache', 'archives'), root);
        if (!(await isUsable(root))) throw new Error(`apt's ${packages[0]} is too old or does not run`);
        await moveIntoPlace(root, target, isUsable);
        return;
      } catch (error) {
        reason ??= error;
      }
    }
    throw reason;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeAptGet(work: string): Promise<(...args: string[]) => Promise<void>> {
  await mkdir(join(work, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  const configuration = join(work, 'apt.conf');
  await writeFile(
    configuration,
    [
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '#clear DPkg::Post-Invoke;',
      `Dir::State "${work}/state";`,
      'Dir::State::status "/var/lib/dpkg/status";',
      `Dir::Cache "${work}/cache";`,
      `Dir::Log "${work}/log";`,
      // Under root, apt would change to a user that cannot write here.
      'APT::Sandbox::User "";',
      'Debug::NoLocking "true";',
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      '',
    ].join('\n'),
  );
  return async (...args) => {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['-c', configuration, '-q', '-y', ...args], env);
  };
}

async function unpack(archives: string, root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const archive of await readdir(archives)) {
    // Skips the C library, which must match the machine's dynamic linker: another version would crash every program.
    if (!archive.endsWith('.deb') || /^libc6?[-_]/.test(archive)) continue;
    await run('dpkg-deb', ['-x', join(archives, archive), root], process.env);
  }
}

async function moveIntoPlace(
  root: string,
  target: string,
  isUsable: (directory: string) => Promise<boolean>,
): Promise<void> {
  try {
    await rename(root, target);
  } catch (error) {
    // Either another process was faster, or an old copy there no longer runs.
    if (await isUsable(target)) return;
    await rm(target, { recursive: true, force: true });
    await rename(root, target).catch(() => {
      throw error;
    });
  }
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)(command, args, { env, timeout: STEP_TIMEOUT_MS, maxBuffer: 16_777_216 });
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing)
      throw new Error(`cannot download one, because ${command} is not installed`, { cause: error });
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${command}: ${output.split('\n').at(-1) ?? 'failed'}`, { cause: error });
  }
}
