import { readOwnCommandLine } from '../../../local/commands/command-line.ts';

const command = {
  argument: '[TEST FILE ...]',
  options: {
    'if-possible': { type: 'boolean', help: 'exits with 0 where the emulator cannot be installed' },
    testNamePattern: {
      type: 'string',
      short: 't',
      value: 'PATTERN',
      help: 'runs only tests with such a title',
    },
    reporter: { type: 'string', value: 'NAME', help: 'a reporter of vitest' },
    bail: { type: 'string', value: 'N', help: 'stops after N failed tests' },
  },
} as const;

/**
 * Reads the arguments of this process, of which all except `--if-possible` are passed on to vitest.
 *
 * @param name as people call the command, such as `e2e:aws`.
 * @param does what the help says about the command, and `details` about its emulators.
 */
export function readE2eCommandLine(
  name: string,
  { does, details }: { does: string; details: readonly string[] },
): { ifPossible: boolean; vitestArgs: string[] } {
  const { values } = readOwnCommandLine({ ...command, does, name: `npm run ${name}`, details });
  const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--if-possible');
  return { ifPossible: values['if-possible'] === true, vitestArgs };
}
