import * as z from 'zod';

export type Env = Record<string, string | undefined>;

/** The parts of Belfry that use a variable; `functions` are api, scheduler, worker and declared-jobs. */
export type VariableUser =
  | 'functions'
  | 'api'
  | 'scheduler'
  | 'worker'
  | 'declared-jobs'
  | 'migrate'
  | 'npm start';

/** What docs/operate/configuration.md says about a variable. `npm run configuration` writes the page. */
export type VariableFacts = {
  does: string;
  usedBy: readonly VariableUser[];
  values: string;
  /** The default value; undefined for a variable without one. */
  default?: string;
  /** What sets it in a stack of the CDK app; undefined: the operator may, through `environment` of the `JobScheduler`. */
  onAws?: string;
};

export const variableFacts = z.registry<VariableFacts>();

/**
 * An integer in decimal digits.
 *
 * @param facts.reason why the bounds are what they are; an error message shows it after them.
 */
export const integer = ({
  min,
  max,
  default: byDefault,
  reason = '',
  ...facts
}: { min: number; max: number; default: number; reason?: string } & Omit<
  VariableFacts,
  'values' | 'default'
>) =>
  z
    .string()
    .default(String(byDefault))
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be an integer from ${min} to ${max}${reason}`,
    )
    .transform(Number)
    .register(variableFacts, {
      ...facts,
      values: `${min.toLocaleString('en-US')} to ${max.toLocaleString('en-US')}`,
      default: String(byDefault),
    });

/** A URL with one of these schemes, such as `redis`. */
export const url = (...schemes: string[]) =>
  z.string().refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
    // With abort, since further rules are about such a URL.
    {
      error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      abort: true,
    },
  );

/** `true` or `false`; not set, it is false. */
export const flag = (facts: Omit<VariableFacts, 'values' | 'default'>) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .register(variableFacts, { ...facts, values: '`true`, `false`', default: 'false' });

/**
 * Texts between commas, without blanks around them. One rule for every list: a variable that is set and empty names nothing. It
 * opens nothing, and never stands for the list that holds where the variable is not set.
 */
export const listItems = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(',').map((item) => item.trim());

/** A variable that must not be set, and the reason, to be read after its name. */
export const unset = (reason: string) =>
  z
    .string()
    .optional()
    .refine((value) => value === undefined, reason);

export function isAnySet(env: Env, ...names: string[]): boolean {
  return names.some((name) => env[name] !== undefined);
}
