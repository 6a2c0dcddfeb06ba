// Checks the CloudFormation templates of every stage with cfn-lint; warnings are left to be.
//   npm run lint:templates                       needs python3 (3.10 or newer) with venv and pip
//   npm run lint:templates -- --if-possible      says so and ends well where that cannot be installed
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCacheDir } from '../../local/services/cache-dir.ts';
import { variants } from './support/variants.ts';
import { CannotInstallError, installPython } from '../../scripts/support/install-python.ts';

/** Not with the program that pip installs: that looks for Python at the place where the environment was before it was moved. */
const RUN = 'import sys; from cfnlint.runner import main; sys.exit(main())';
const requirements = join(import.meta.dirname, 'support', 'cfn-lint-requirements.txt');

async function lint(directory: string): Promise<number> {
  const cacheDir = await openCacheDir({ path: directory });
  const { python } = await installPython('cfn-lint', { requirements, cacheDir, report: console.log });
  for (const [name, build] of Object.entries(variants)) {
    build(join(directory, name.replaceAll(/[^a-zA-Z]+/g, '-'))).synth();
  }
  const templates = globSync(join(directory, '*', '*.template.json'));
  const { status, error } = spawnSync(python, ['-c', RUN, '--ignore-checks', 'W', '--', ...templates], {
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  if (status === 0) console.log(`cfn-lint: ${templates.length} templates without errors`);
  return status ?? 1;
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-templates-'));
try {
  process.exitCode = await lint(directory);
} catch (error) {
  if (!(error instanceof CannotInstallError)) throw error;
  const isRequired = !process.argv.includes('--if-possible');
  console.error(`lint:templates did not run: ${error.message}`);
  process.exitCode = isRequired ? 1 : 0;
} finally {
  await rm(directory, { recursive: true });
}
