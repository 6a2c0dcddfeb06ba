import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DataDir, LocalRunError, openDataDir } from '../../../local/data-dir/data-dir.ts';
import { findFreePort } from '../../aws/support/emulator-process.ts';
import { startLocalStack } from '../../aws/support/start-localstack.ts';

/**
 * What LocalStack 2026.3.0 (localstack-core and localstack-ext of PyPI) wrote on 28 November 2026 before it ended with exit
 * code 55: the first with no licence server, the second with a server on loopback in its place. The image of March 2026 wrote
 * the second, too.
 */
const credentials =
  'No credentials were found in the environment. Please make sure to either set the LOCALSTACK_AUTH_TOKEN variable to a valid auth token. If you are using the CLI, you can also run `localstack auth set-token`.';
const outputs = [
  `
LocalStack version: 2026.3.0

Docker not available
Localstack returning with exit code 55. Reason:
===============================================
License activation failed! 🔑❌

Reason: ${credentials}

Due to this error, Localstack has quit. LocalStack pro features can only be used with a valid license.

- Please check that your credentials are set up correctly and that you have an active license.
  You can find your credentials in our webapp at https://app.localstack.cloud.
`,
  `
LocalStack version: 2026.3.0

Docker not available
Localstack returning with exit code 55. Reason:
===============================================
The license activation failed for the following reason:

${credentials}

LocalStack requires an account to run.

==> Have an account? Learn how to set LOCALSTACK_AUTH_TOKEN: https://app.localstack.cloud/settings/auth-tokens
==> Need an account? Get started: https://www.localstack.cloud/pricing
==> Want more time? Snooze until April 6, 2026 by setting LOCALSTACK_ACKNOWLEDGE_ACCOUNT_REQUIREMENT=1
`,
];

let directory: string;
let dataDir: DataDir;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-test-start-localstack-'));
  dataDir = await openDataDir(join(directory, 'data'));
});

afterAll(async () => {
  await dataDir.close();
  await rm(directory, { recursive: true, force: true });
});

/** Starts a program that writes `output` and ends with `exitCode`, in place of LocalStack. */
async function startAndEnd(output: string, exitCode: number): Promise<Error> {
  const python = join(directory, 'python3');
  await writeFile(join(directory, 'output'), output);
  await writeFile(python, `#!/bin/sh\ncat '${join(directory, 'output')}'\nexit ${exitCode}\n`);
  await chmod(python, 0o755);
  await rm(join(dataDir.path, 'localstack'), { recursive: true, force: true });
  const started = startLocalStack({ python, dataDir, port: await findFreePort() });
  return started.then(
    () => new Error('it started'),
    (error: Error) => error,
  );
}

test.for(outputs)(
  'a LocalStack that needs a token and has none fails at its start with one line of explanation',
  async (output) => {
    const error = await startAndEnd(output, 55);
    expect(error).toBeInstanceOf(LocalRunError);
    expect(error.message).toBe(
      'LocalStack ended at its start with exit code 55: this version needs LOCALSTACK_AUTH_TOKEN; use localstack-core 4.14.0, which needs none',
    );
  },
);
