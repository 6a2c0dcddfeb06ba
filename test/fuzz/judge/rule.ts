import type { Home } from '../values/known-good.ts';

export type Fields = Readonly<Record<string, unknown>>;

export type RuleContext = {
  home: Home;
  /** Whether the fields are a change of stored ones. */
  isChange: boolean;
  /** Whether the request is a dry run of this run again, with its token instead of `dryRun`. */
  isStart: boolean;
};

/** A reason to refuse a value that is valid by the document's schema: the document has it in prose or cannot express it. */
export type Rule = {
  /** The field that the problem has to name. */
  field: RegExp;
  why: string;
  /** Whether these fields of a whole job or a change may break the rule; they are valid by the schema. */
  mayBreak: (given: Fields, context: RuleContext) => boolean;
};
