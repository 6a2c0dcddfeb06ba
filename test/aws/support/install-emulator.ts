import { join } from 'node:path';
import { installPython } from '../../../scripts/support/install-python.ts';
import type { E2eEmulator } from './settings.ts';

const emulators = {
  ministack: { name: 'MiniStack', requirements: join(import.meta.dirname, 'ministack-requirements.txt') },
  localstack: {
    name: 'LocalStack',
    requirements: join(import.meta.dirname, 'localstack', 'requirements.txt'),
    // On 3.12 it starts, and calls to S3 and EventBridge fail: it imports what Python has had since 3.13.
    oldestMinor: 13,
  },
};

/**
 * The Python of an environment that holds the emulator. The first call installs it.
 *
 * @throws CannotInstallError in one line that says what is missing.
 */
export function installEmulator(
  emulator: E2eEmulator,
  options: { cacheDir: string; report: (line: string) => void },
): Promise<{ python: string }> {
  const { name, ...package_ } = emulators[emulator];
  return installPython(name, { ...package_, ...options });
}
