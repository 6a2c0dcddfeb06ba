import { expect, test } from 'vitest';
import {
  CommandLineError,
  helpOf,
  integerOption,
  readCommandLine,
} from '../../../../local/commands/command-line.ts';

const command = {
  name: 'npm run example',
  does: 'Does an example.',
  argument: '[FILE ...]',
  options: {
    seed: { type: 'string', default: '1', value: 'N', help: 'the seed' },
    short: { type: 'boolean', help: 'a short run' },
  },
  details: ['Exit status: 0.'],
} as const;
const withoutArgument = { name: command.name, does: command.does, options: command.options };

test('a command line is parsed into values and arguments', () => {
  expect(readCommandLine(command, ['--seed', '7', 'a', '--short', 'b'])).toMatchObject({
    values: { seed: '7', short: true },
    positionals: ['a', 'b'],
  });
  expect(readCommandLine(command, []).values).toEqual({ seed: '1' });
});

test.each([
  [['--sed', '7'], 'unknown option --sed'],
  [['--postgresql://me:hush@host'], 'unknown option'],
  [['--seed'], '--seed needs a value'],
  [['--seed', '--short'], '--seed needs a value'],
  [['--short=hush'], '--short takes no value'],
])('the arguments %j are refused in one line that repeats no value', (args, problem) => {
  expect(() => readCommandLine(command, args)).toThrow(
    new CommandLineError(`${problem}; npm run example -- --help lists the options`),
  );
});

test('an argument is refused when a command takes none, and is not repeated', () => {
  expect(() => readCommandLine(withoutArgument, ['hush'])).toThrow(
    new CommandLineError(
      'there is an argument that is not an option; npm run example -- --help lists the options',
    ),
  );
});

test('the help shows usage, purpose, options and details', () => {
  expect(helpOf(command)).toBe(
    [
      'npm run example -- [options] [FILE ...]',
      '',
      'Does an example.',
      '',
      '  --seed N  the seed',
      '  --short   a short run',
      '  --help    print this',
      '',
      'Exit status: 0.',
    ].join('\n'),
  );
});

test('an invalid integer option is refused with its bounds', () => {
  expect(integerOption('seed', '7', { min: 1, max: 9 })).toBe(7);
  for (const text of ['0', '10', '-1', '1.5', 'x', ''])
    expect(() => integerOption('seed', text, { min: 1, max: 9 })).toThrow(
      new CommandLineError('--seed must be an integer from 1 to 9'),
    );
});
