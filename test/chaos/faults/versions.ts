import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The version that runs next to this one: the last commit of this repository before the harness existed. */
export const OLD_VERSION = '43aefbb';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Extracts the old version and links it to this version's packages. Undefined when the repository has no history. */
export async function layOutOldVersion(directory: string): Promise<URL | undefined> {
  const run = promisify(execFile);
  try {
    await run('git', ['-C', ROOT, 'cat-file', '-e', `${OLD_VERSION}^{commit}`]);
  } catch {
    return undefined;
  }
  const target = join(directory, 'old-version');
  await mkdir(target);
  const paths = ['package.json', 'lib', 'functions'];
  const archive = spawn('git', ['-C', ROOT, 'archive', OLD_VERSION, ...paths], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const unpack = spawn('tar', ['-x', '-C', target], { stdio: ['pipe', 'ignore', 'inherit'] });
  archive.stdout.pipe(unpack.stdin);
  const [code] = await once(unpack, 'close');
  if (code !== 0) throw new Error(`tar ended with exit code ${code}`);
  await symlink(join(ROOT, 'node_modules'), join(target, 'node_modules'));
  return pathToFileURL(`${target}/`);
}
