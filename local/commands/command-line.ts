import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';

/** An error in a command line, in one line for the terminal. It repeats no value, which may be a URL with a password. */
export class CommandLineError extends Error {}

type Option = ParseArgsOptionDescriptor & {
  /** Placeholder of the value in the help, such as `N`. */
  value?: string;
  help: string;
};

export type Command<Options extends Record<string, Option>> = {
  /** How users call it, such as `npm run chaos`. */
  name: string;
  /** What it does, in one or two sentences. */
  does: string;
  /** Placeholder of the arguments in the usage line, such as `[SCENARIO ...]`; undefined if it takes no arguments. */
  argument?: string;
  options: Options;
  /** Exit statuses, variables, examples. */
  details?: readonly string[];
};

/** Returns true if the arguments ask for help. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h');

/**
 * Parses the arguments of a command.
 *
 * @throws CommandLineError for an unknown option, an option without its value, or an argument that the command does not accept.
 */
export function readCommandLine<const Options extends Record<string, Option>>(
  command: Command<Options>,
  args: string[],
) {
  const problem = findProblem(command, args);
  if (problem !== undefined)
    throw new CommandLineError(`${problem}; ${command.name} -- --help lists the options`);
  // `findProblem` has already refused arguments that the command does not accept.
  return parseArgs({ args, options: command.options, allowPositionals: true });
}

/** Returns the help of a command: usage, purpose, options and details. */
export function helpOf({
  name,
  does,
  argument,
  options,
  details = [],
}: Command<Record<string, Option>>): string {
  const rows = Object.entries({ ...options, help: { type: 'boolean' as const, help: 'print this' } }).map(
    ([option, { value, help }]: [string, Option]) =>
      [`--${option}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  const usage = [`${name} --`, '[options]', ...(argument === undefined ? [] : [argument])].join(' ');
  return [usage, '', does, '', ...rows.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`)]
    .concat(details.length === 0 ? [] : ['', ...details])
    .join('\n');
}

/**
 * Returns the options and arguments of this process. If they ask for help, it prints the help and ends the process with status
 * 0. If they are wrong, it prints one line and ends the process with status 2.
 */
export function readOwnCommandLine<const Options extends Record<string, Option>>(command: Command<Options>) {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(`${helpOf(command)}\n`);
    process.exit(0);
  }
  return orEnd(() => readCommandLine(command, args));
}

/** Returns the result of `read`. A CommandLineError is printed and ends the process with status 2. */
export function orEnd<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** Parses an option. @throws CommandLineError unless its value is an integer in decimal digits within the bounds. */
export function integerOption(
  name: string,
  text: string,
  { min, max }: { min: number; max: number },
): number {
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
  throw new CommandLineError(`--${name} must be an integer from ${min} to ${max}`);
}

function findProblem(command: Command<Record<string, Option>>, args: string[]): string | undefined {
  const { options, argument } = command;
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional' && argument === undefined)
      return 'there is an argument that is not an option';
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    // Any other text is not repeated, because it may be the value of another option.
    if (option === undefined)
      return `unknown option ${/^[a-z-]{1,30}$/i.test(token.name) ? `--${token.name}` : ''}`.trimEnd();
    if (option.type === 'boolean' && token.value !== undefined) return `--${token.name} takes no value`;
    const isMissing = token.value === undefined || (token.value.startsWith('-') && !token.inlineValue);
    if (option.type === 'string' && isMissing) return `--${token.name} needs a value`;
  }
  return undefined;
}
