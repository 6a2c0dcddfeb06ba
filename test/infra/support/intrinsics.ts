import * as z from 'zod';

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

/** A string of a template, with a word in place of each part that is known only at the deployment. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const joined = joinSchema.safeParse(value);
  if (!joined.success) return 'RESOLVED';
  const [separator, parts] = joined.data['Fn::Join'];
  return parts.map(textOf).join(separator);
}
