// Sends the requests of schemathesis (PyPI) to a Belfry of its own, and checks that no answer is a 5xx or is missing from the
// OpenAPI document. Needs python3 (3.10 or newer) with venv and pip.
//   npm run schemathesis                      exits 1 when an answer is wrong
//   npm run schemathesis -- --if-possible     says so and ends well where Python or the package index is not there
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCacheDir } from '../../../local/services/cache-dir.ts';
import { CannotInstallError, installPython } from '../../../scripts/support/install-python.ts';
import { integerOption, orEnd, readOwnCommandLine } from '../../../local/commands/command-line.ts';
import { startSilentBelfry } from './start-silent-belfry.ts';

const { values } = readOwnCommandLine({
  name: 'npm run schemathesis',
  does: 'Sends the requests of schemathesis to a Belfry without workers, and checks statuses and bodies against the OpenAPI document.',
  options: {
    'if-possible': { type: 'boolean', help: 'ends well where Python or the package index is not there' },
    seconds: { type: 'string', default: '120', value: 'N', help: 'time for requests; 120 by default' },
    seed: { type: 'string', default: '1', value: 'N', help: 'the seed of the requests; 1 by default' },
  },
  details: ['Exit status: 0 without a fault; 1 with one: it prints the request as a curl command.'],
});

const { seconds, seed } = orEnd(() => ({
  seconds: integerOption('seconds', values.seconds, { min: 10, max: 86_400 }),
  seed: integerOption('seed', values.seed, { min: 0, max: 2 ** 31 - 1 }),
}));

/** What an answer must keep to. Which inputs are refused is what `npm run fuzz` checks: it knows the rules. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];
/** The run ends by itself after `seconds`. If it does not, it is killed so much later. */
const GRACE_MS = 120_000;

const requirements = join(import.meta.dirname, 'requirements.txt');

async function run(python: string): Promise<number> {
  const belfry = await startSilentBelfry(console.error);
  try {
    const options = {
      url: belfry.address,
      header: `X-API-Key: ${belfry.apiKey}`,
      checks: CHECKS.join(','),
      phases: 'coverage,fuzzing,stateful',
      seed: String(seed),
      'max-time': String(seconds),
      // One thread: with two, `ast.parse` of CPython 3.11 sometimes fails (python/cpython#106905). Python runs one at a time anyway.
      workers: '1',
      'request-timeout': '30',
      'suppress-health-check': 'all',
      warnings: 'off',
    };
    const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const flags = ['--continue-on-failure', '--no-color'];
    const args = ['-m', 'schemathesis.cli', 'run', `${belfry.address}/openapi.json`, ...flags, ...given];
    const child = spawn(python, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: seconds * 1_000 + GRACE_MS,
      killSignal: 'SIGKILL',
      cwd: belfry.directory,
    });
    const [code] = await once(child, 'close');
    return code === 0 ? 0 : 1;
  } finally {
    await belfry.stop();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-schemathesis-'));
try {
  const cacheDir = await openCacheDir({ path: directory });
  const { python } = await installPython('schemathesis', { requirements, cacheDir, report: console.log });
  console.log(`schemathesis: ${seconds} s, seed ${seed}`);
  process.exitCode = await run(python);
} catch (error) {
  if (!(error instanceof CannotInstallError)) throw error;
  console.error(`schemathesis did not run: ${error.message}`);
  process.exitCode = values['if-possible'] === true ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
