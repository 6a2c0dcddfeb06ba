import type * as z from 'zod';
import type { Env } from './variables.ts';

/** Names every variable that is missing or wrong, and the values it may have. It never shows a value that was set. */
export class ConfigError extends Error {
  /** One text for each variable: its name, and what is wrong with it. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration: ${faults.join('; ')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

export type Reader = {
  read: <Output>(schema: z.ZodType<Output>) => Output | undefined;
  refuse: () => never;
};

/** Reads variables schema by schema, and collects all faults, so that one error reports them together. */
export function readerOf(env: Env): Reader {
  const faults: string[] = [];
  return {
    read: <Output>(schema: z.ZodType<Output>): Output | undefined => {
      const parsed = schema.safeParse(env);
      if (parsed.success) return parsed.data;
      faults.push(...parsed.error.issues.map((issue) => describe(issue, env)));
      return undefined;
    },
    refuse: (): never => {
      throw new ConfigError(faults);
    },
  };
}

/** Describes an issue. It uses zod's message only if the message is ours, because zod's own could repeat the variable's value. */
function describe(issue: z.core.$ZodIssue, env: Env): string {
  const name = issue.path.join('.');
  if (env[name] === undefined) return `${name} is not set`;
  if (issue.code === 'custom') return `${name} ${issue.message}`;
  if (issue.code === 'invalid_value') return `${name} must be ${issue.values.join(' or ')}`;
  if (issue.code === 'too_small') return `${name} is empty`;
  if (issue.code === 'too_big') return `${name} may have at most ${issue.maximum} characters`;
  return `${name} is not valid`;
}
