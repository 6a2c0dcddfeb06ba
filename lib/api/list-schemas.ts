import * as z from 'zod';

const count = z.int().min(0);

const itemsOf = <T extends z.ZodType>(items: T) =>
  z.array(items).meta({
    description:
      'The items of the page, at most `limit`. There are fewer if the response would become too large.',
  });
const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page. Null if this is the last page.' });

/** A list that is read by cursors alone. */
export const cursorPageOf = <T extends z.ZodType>(items: T) =>
  z.strictObject({ items: itemsOf(items), limit: count, nextCursor });

/** A list that is read by cursors or by offsets. */
export const pageOf = <T extends z.ZodType>(items: T) =>
  z.strictObject({
    items: itemsOf(items),
    total: count
      .exactOptional()
      .meta({ description: 'The number of items in the whole list. Present only with `count=true`.' }),
    totalIsCapped: z
      .boolean()
      .exactOptional()
      .meta({ description: 'True if the counting stopped: the list has `total` items or more.' }),
    limit: count,
    offset: count.exactOptional().meta({ description: 'Missing if the page was requested with `cursor`.' }),
    nextCursor,
  });
