import { LocalRunError } from '../../../local/data-dir/data-dir.ts';

/** Features of AWS that an emulator lacks, and that tests take into account. */
export type EmulatorLimits = {
  /** It keeps the schedules of EventBridge Scheduler, and fires none of them. */
  firesNoSchedules: boolean;
  /** A stack whose update has failed can no longer be updated or destroyed: its resources' ids are lost. */
  losesStackOnFailedUpdate: boolean;
  /** A function logs to `/aws/lambda/NAME`, regardless of its `LoggingConfig`, and the log group stays. */
  ignoresLoggingConfig: boolean;
  /** An invocation that ends after the destroy creates its log group again, without a retention: no rights are checked. */
  recreatesLogGroups: boolean;
};

export type Emulator = { name: string; version: string; limits: EmulatorLimits };

const NO_LIMITS: EmulatorLimits = {
  firesNoSchedules: false,
  losesStackOnFailedUpdate: false,
  ignoresLoggingConfig: false,
  recreatesLogGroups: false,
};

const emulators = [
  { name: 'MiniStack', path: '/_ministack/health', limits: { ...NO_LIMITS, recreatesLogGroups: true } },
  {
    name: 'LocalStack',
    path: '/_localstack/health',
    // The features of 4.14. docs/testing/emulators.md describes the other versions that were tried.
    limits: {
      ...NO_LIMITS,
      firesNoSchedules: true,
      losesStackOnFailedUpdate: true,
      ignoresLoggingConfig: true,
    },
  },
];

/** The first request that LocalStack does not know makes it load its S3: 5 seconds and more. */
const TIMEOUT_MS = 30_000;

/** Finds the emulator that answers at `url`. @throws LocalRunError in one line if none answers. */
export async function identifyEmulator(url: string): Promise<Emulator> {
  for (const { name, path, limits } of emulators) {
    const response = await ask(`${url}${path}`);
    const text = await response.text();
    const version = /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '';
    if (response.ok) return { name, version, limits };
  }
  return { name: 'an unknown emulator', version: '', limits: NO_LIMITS };
}

async function ask(url: string): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new LocalRunError(
      `no emulator answers at ${new URL(url).origin}. A LocalStack image after 4.14 ends at its start with exit code 55 unless LOCALSTACK_AUTH_TOKEN is set: use localstack/localstack:4.14.0`,
      { cause },
    );
  }
}
