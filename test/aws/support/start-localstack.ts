import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type DataDir, LocalRunError } from '../../../local/data-dir/data-dir.ts';
import { startChild, untilReady } from '../../../local/services/child.ts';
import { killGroup } from './emulator-process.ts';

/** It took 2 to 5 seconds. */
const READY_TIMEOUT_MS = 120_000;
/** The exit code of a LocalStack that needs a token and has no valid one. */
const NO_LICENCE_EXIT_CODE = 55;
const repository = join(import.meta.dirname, '..', '..', '..');

/** The packages of the AWS SDK that Lambda's runtime includes and the CDK's own functions need. */
const CLIENTS = ['client-lambda', 'client-sfn'];

/**
 * Starts LocalStack on 127.0.0.1, with the plug-ins of ./localstack, in a clean environment: without credentials and
 * settings of this machine. Functions are processes that end with it.
 */
export async function startLocalStack(options: {
  python: string;
  dataDir: DataDir;
  port: number;
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const { python, dataDir, port } = options;
  const address = `127.0.0.1:${port}`;
  const home = join(dataDir.path, 'localstack');
  const temporary = join(home, 'tmp');
  await mkdir(temporary, { recursive: true });
  const child = await startChild({
    name: 'LocalStack',
    id: 'localstack',
    dataDir,
    command: python,
    args: ['-m', 'localstack.runtime.main'],
    env: {
      // Functions run on the Node of the repository.
      PATH: [join(repository, 'node_modules', '.bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      FILESYSTEM_ROOT: join(home, 'volume'),
      PYTHONPATH: join(import.meta.dirname, 'localstack'),
      PYTHONDONTWRITEBYTECODE: '1',
      GATEWAY_LISTEN: address,
      // Becomes part of the queues' URLs.
      LOCALSTACK_HOST: address,
      SQS_ENDPOINT_STRATEGY: 'path',
      EAGER_SERVICE_LOADING: '0',
      LAMBDA_RUNTIME_EXECUTOR: 'process',
      BELFRY_FUNCTION_NODE_PATH: await linkClients(home),
      // No traffic leaves this machine: no questions to name servers, no certificates from the network, no reports of use.
      DNS_ADDRESS: '0',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
    },
    stopSignals: ['SIGTERM'],
  });
  const url = `http://${address}`;
  try {
    await untilReady(child, () => checkHealth(url), READY_TIMEOUT_MS);
  } catch (cause) {
    killGroup(child.pid);
    if (child.exitCode() !== NO_LICENCE_EXIT_CODE) throw cause;
    throw new LocalRunError(
      `LocalStack ended at its start with exit code ${NO_LICENCE_EXIT_CODE}: this version needs LOCALSTACK_AUTH_TOKEN; use localstack-core 4.14.0, which needs none`,
      { cause },
    );
  }
  const stop = async () => {
    await child.stop();
    killGroup(child.pid);
  };
  return { url, stop };
}

/** Only these packages exist, so a function that did not bundle another package fails here as on AWS. */
async function linkClients(home: string): Promise<string> {
  const path = join(home, 'node_modules');
  await mkdir(join(path, '@aws-sdk'), { recursive: true });
  for (const client of CLIENTS) {
    await symlink(join(repository, 'node_modules', '@aws-sdk', client), join(path, '@aws-sdk', client));
  }
  return path;
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/_localstack/health`, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`its health check answered ${response.status}`);
}
