import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Longer than any command takes, so that a command that hangs ends. */
const CDK_TIMEOUT_MS = 300_000;
/** The output of the CDK about a failure contains the log of the failed function. */
const SHOWN_LINES = 400;

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const STACK_NAME = 'belfry-local';

export type CdkOptions = {
  endpoint: string;
  /** The repository, or a copy of it. */
  cwd: string;
  /** For the CLI's cache and the synthesised app. */
  workDir: string;
};

/**
 * Runs the CDK's command line against an emulator, with an environment that cannot reach an account.
 *
 * @throws Error with the end of its output.
 */
export async function runCdk(args: readonly string[], options: CdkOptions): Promise<void> {
  const { endpoint, cwd, workDir } = options;
  const cdk = join(cwd, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  // Each deployment has its own directory, because tests deploy at the same time and the CDK locks the directory.
  const outDir = await mkdtemp(join(workDir, 'cdk.out-'));
  const child = spawn(process.execPath, [cdk, ...args, '--no-notices', '--ci', '--output', outDir], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CDK_TIMEOUT_MS,
    env: {
      PATH: [join(cwd, 'node_modules', '.bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: workDir,
      TMPDIR: workDir,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
  const stopWithUs = () => child.kill('SIGTERM');
  process.once('exit', stopWithUs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = await once(child, 'close');
  process.off('exit', stopWithUs);
  if (code !== 0) {
    const end = output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
    throw new Error(`cdk ${args[0]} failed (${code}):\n${end}`);
  }
}
