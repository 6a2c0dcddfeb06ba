import * as z from 'zod';

// The kinds of fields of a job. Each message says what the field must be.

export const string = (maxLength: number, remedy: string) =>
  z.string(orMissing(remedy)).max(maxLength, remedy);
export const orMissing = (remedy: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? `is missing; it ${remedy}` : remedy),
});
export const integer = (min: number, max: number) => {
  const remedy = `must be an integer from ${min} to ${max}`;
  return z.int(remedy).min(min, remedy).max(max, remedy);
};
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/** The most items that are reported because they repeat another one. */
const MAX_REPEATED = 20;

/** Finds the items of a list that repeat an earlier one. */
export function reportRepeated(ctx: z.core.ParsePayload<readonly unknown[]>): void {
  const places = new Map<unknown, number>();
  let found = 0;
  for (const [index, item] of ctx.value.entries()) {
    const first = places.get(item);
    if (first === undefined) places.set(item, index);
    else if ((found += 1) <= MAX_REPEATED) {
      const message = `repeats item ${first}; send each item once`;
      ctx.issues.push({ code: 'custom', input: ctx.value, path: [index], message });
    }
  }
}

// The description contains the default: code generators treat a field with a `default` as present in every request.
export const leftOut = (value: string) => `The default for a new job is ${value}.`;
