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
  /**
   * What sets the variable in a stack of the CDK app. If undefined, the operator may set it through `environment` of the
   * `JobScheduler`.
   */
  onAws?: string;
};

export const variableFacts = z.registry<VariableFacts>();

/**
 * Makes the schema of an integer in decimal digits.
 *
 * @param facts.reason the reason for the bounds; error messages show it after the bounds.
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

/** Makes the schema of a URL with one of these schemes, such as `redis`. */
export const url = (...schemes: string[]) =>
  z.string().refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
    // Aborts, because further rules assume a valid URL.
    {
      error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      abort: true,
    },
  );

/** Makes the schema of `true` or `false`; the default is false. */
export const flag = (facts: Omit<VariableFacts, 'values' | 'default'>) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .register(variableFacts, { ...facts, values: '`true`, `false`', default: 'false' });

/**
 * Splits a text at its commas and trims the items. For every list, a variable that is set to an empty text means an empty
 * list, never the default list.
 */
export const listItems = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(',').map((item) => item.trim());

/** Makes the schema of a variable that must not be set. An error message shows the reason after the variable's name. */
export const unset = (reason: string) =>
  z
    .string()
    .optional()
    .refine((value) => value === undefined, reason);

export function isAnySet(env: Env, ...names: string[]): boolean {
  return names.some((name) => env[name] !== undefined);
}
