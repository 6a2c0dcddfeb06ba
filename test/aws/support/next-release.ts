import { execFile } from 'node:child_process';
import { cp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '..', '..', '..');

/** The source of a deployment. */
const parts = [
  'infra',
  'functions',
  'lib',
  'scripts',
  'site',
  'web',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
];

/**
 * The migration of the next release: moves every job to another path of its target, while Belfry runs. As when a job is
 * changed, waiting executions get the new revision: workers then read the job again instead of sending what Redis holds of
 * it.
 */
const NEXT = /* sql */ `
  alter table jobs add column moved_from text;
  update jobs set moved_from = api, api = replace(api, '/old', '/new'), revision = revision + 1;
  update job_executions
     set job_revision = job_revision + 1
   where status in ('SCHEDULED', 'RETRYING');
`;
const OPENAPI = { file: 'lib/api/openapi.ts', title: "title: 'Belfry'" };

/** Copies the repository to `directory` and makes the next release of it: one more migration, and another title of the API. */
export const makeNextRelease = (directory: string): Promise<void> =>
  makeRelease(directory, NEXT, 'Belfry, next');

/** A next release whose migration divides by zero. */
export const makeBrokenRelease = (directory: string): Promise<void> =>
  makeRelease(directory, 'select 1 / 0', 'Belfry, broken');

async function makeRelease(directory: string, migration: string, title: string): Promise<void> {
  for (const part of parts) await cp(join(repository, part), join(directory, part), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));

  const migrations = join(directory, 'lib', 'db', 'migrations');
  const latest = (await readdir(migrations)).toSorted().at(-1) ?? '';
  const version = String(Number(latest.slice(0, 4)) + 1).padStart(4, '0');
  await writeFile(join(migrations, `${version}-next-release.sql`), migration);
  await promisify(execFile)(process.execPath, [join(directory, 'scripts', 'embed.ts')], { cwd: directory });

  const path = join(directory, OPENAPI.file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(OPENAPI.title)) throw new Error(`${OPENAPI.file} does not hold ${OPENAPI.title}`);
  await writeFile(path, text.replace(OPENAPI.title, `title: '${title}'`));
}
