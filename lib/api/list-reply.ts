import type { APIGatewayProxyResult } from 'aws-lambda';
import type { JsonText } from '../domain/job.ts';
import type { Total } from '../domain/total.ts';
import { type ListName, toCursor } from './cursor.ts';
import { apiLimits } from './limits.ts';
import { jsonTextReply } from './reply.ts';

/** The number of bytes for the fields around the items of a page. */
const FRAME_BYTES = 500;

/** The requested page. It has no offset if it was requested with a cursor. */
type Page = { limit: number; offset: number | undefined };

type Listed<T> = {
  items: readonly T[];
  /** Present if the request asked for it. */
  total?: Total | undefined;
  /** Where the next page begins if all items are shown. Undefined for the last page. */
  next: string | undefined;
  /** Further fields of the reply. */
  also?: Record<string, unknown>;
};

/**
 * Makes the reply with a page of a list. The page ends before it has too many bytes, but contains at least one of its
 * items. `nextCursor` is then the position after its last item.
 */
export function listReply<T>(
  list: ListName,
  { items, total, next, also }: Listed<T>,
  { limit, offset }: Page,
  of: { json: (item: T) => JsonText; position: (item: T) => string },
): APIGatewayProxyResult {
  const { shown, last } = takeItems(items, of.json);
  const isCut = shown.length < items.length;
  const position = isCut && last !== undefined ? of.position(last) : next;
  const nextCursor = position === undefined ? null : toCursor(list, position);
  const totals = total === undefined ? {} : { total: total.count, totalIsCapped: total.isCapped };
  const frame = JSON.stringify({ ...totals, limit, offset, nextCursor, ...also });
  return jsonTextReply(200, `{"items":[${shown.join(',')}],${frame.slice(1)}`);
}

/** Takes items until they have too many bytes, but at least one of them. */
export function takeItems<T>(
  items: readonly T[],
  toJson: (item: T) => JsonText,
): { shown: JsonText[]; last: T | undefined } {
  const shown: JsonText[] = [];
  let last: T | undefined;
  let sizeBytes = FRAME_BYTES;
  for (const item of items) {
    const json = toJson(item);
    sizeBytes += Buffer.byteLength(json) + 1;
    if (shown.length > 0 && sizeBytes > apiLimits.pageBytes) break;
    shown.push(json);
    last = item;
  }
  return { shown, last };
}

/** Returns the position after the last of the items, if there are more. */
export function nextAfter<T>(
  { items, hasMore }: { items: readonly T[]; hasMore: boolean },
  position: (item: T) => string,
): string | undefined {
  const last = items.at(-1);
  return hasMore && last !== undefined ? position(last) : undefined;
}
