import { execFile } from 'node:child_process';
import { cp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '..', '..', '..');

/** What a deploy is made from. */
const parts = [
  'infra',
  'functions',
  'lib',
  'scripts',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
];

/**
 * Copies the repository to `directory` and makes the next release of it: one more migration, and a change of the code,
 * to the text `from`, which the file must hold, in `file`.
 */
export async function makeNextRelease(
  directory: string,
  release: { migration: string; change: { file: string; from: string; to: string } },
): Promise<void> {
  for (const part of parts) await cp(join(repository, part), join(directory, part), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));

  const migrations = join(directory, 'lib', 'db', 'migrations');
  const latest = (await readdir(migrations)).toSorted().at(-1) ?? '';
  const version = String(Number(latest.slice(0, 4)) + 1).padStart(4, '0');
  await writeFile(join(migrations, `${version}-next-release.sql`), release.migration);
  await promisify(execFile)(process.execPath, [join(directory, 'scripts', 'embed.ts')], { cwd: directory });

  const { file, from, to } = release.change;
  const path = join(directory, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(path, text.replace(from, to));
}
