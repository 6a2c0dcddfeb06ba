import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';

/** What is wrong with a command line, in one line for the terminal. It repeats no value: that may be a URL with a password. */
export class CommandLineError extends Error {}

type Option = ParseArgsOptionDescriptor & {
  /** Stands for the value in the help, such as `N`. */
  value?: string;
  help: string;
};

export type Command<Options extends Record<string, Option>> = {
  /** As people call it: `npm run chaos`. */
  name: string;
  /** What it does, in one or two sentences. */
  does: string;
  /** Stands for the arguments in the usage line, such as `[SCENARIO ...]`; undefined: it takes none. */
  argument?: string;
  options: Options;
  /** Exit statuses, variables, examples. */
  details?: readonly string[];
};

/** Whether the arguments ask for help, before what belongs to another program. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h');

/** @throws CommandLineError for an unknown option, an option without its value, or an argument that the command does not take. */
export function readCommandLine<const Options extends Record<string, Option>>(
  command: Command<Options>,
  args: string[],
) {
  const problem = findProblem(command, args);
  if (problem !== undefined)
    throw new CommandLineError(`${problem}; ${command.name} -- --help lists the options`);
  // Arguments that the command does not take were refused above.
  return parseArgs({ args, options: command.options, allowPositionals: true });
}

/** Usage, purpose, options and details of a command. */
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
 * The options and arguments of this process. Asked for help, it prints the help and ends the process with 0; with a wrong
 * command line it prints one line and ends it with 2.
 */
export function readOwnCommandLine<const Options extends Record<string, Option>>(command: Command<Options>) {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(`${helpOf(command)}\n`);
    process.exit(0);
  }
  return orEnd(() => readCommandLine(command, args));
}

/** The result of `read`; a CommandLineError is printed, and ends the process with 2. */
export function orEnd<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** @throws CommandLineError unless the value of the option is an integer in decimal digits between the bounds. */
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
    // Anything else may be a value that was meant for another option.
    if (option === undefined)
      return `unknown option ${/^[a-z-]{1,30}$/i.test(token.name) ? `--${token.name}` : ''}`.trimEnd();
    if (option.type === 'boolean' && token.value !== undefined) return `--${token.name} takes no value`;
    const isMissing = token.value === undefined || (token.value.startsWith('-') && !token.inlineValue);
    if (option.type === 'string' && isMissing) return `--${token.name} needs a value`;
  }
  return undefined;
}
