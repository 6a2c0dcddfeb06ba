import type { APIGatewayProxyResult } from 'aws-lambda';
import type { JsonText } from '../domain/job.ts';
import { type ListName, toCursor } from './cursor.ts';
import { apiLimits } from './limits.ts';
import { jsonTextReply } from './reply.ts';

/** The number of bytes for the fields around the items of a page. */
const FRAME_BYTES = 500;

/** The requested page. It has no offset if it was requested with a cursor. */
type Page = { limit: number; offset: number | undefined };

/**
 * Makes the reply with a page of a list. The page ends before it has too many bytes, but contains at least one item.
 * `nextCursor` is the position after its last item.
 *
 * @param page.total left out of the reply if it is undefined.
 * @param page.lastPosition where the next page continues, if that is after the last item: a filter has passed over items.
 */
export function listReply<T>(
  list: ListName,
  page: {
    items: readonly T[];
    total?: number | undefined;
    hasMore: boolean;
    lastPosition?: number | undefined;
  },
  { limit, offset }: Page,
  of: { json: (item: T) => JsonText; position: (item: T) => number },
): APIGatewayProxyResult {
  const { items, total, hasMore, lastPosition } = page;
  const shown: JsonText[] = [];
  let last: T | undefined;
  let sizeBytes = FRAME_BYTES;
  for (const item of items) {
    const json = of.json(item);
    sizeBytes += Buffer.byteLength(json) + 1;
    if (shown.length > 0 && sizeBytes > apiLimits.pageBytes) break;
    shown.push(json);
    last = item;
  }
  const isCut = shown.length < items.length;
  const lastShown = last === undefined ? undefined : of.position(last);
  const position = isCut ? lastShown : (lastPosition ?? lastShown);
  const nextCursor = (isCut || hasMore) && position !== undefined ? toCursor(list, position) : null;
  const frame = JSON.stringify({ total, limit, offset, nextCursor });
  return jsonTextReply(200, `{"items":[${shown.join(',')}],${frame.slice(1)}`);
}
