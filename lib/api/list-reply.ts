import type { APIGatewayProxyResult } from 'aws-lambda';
import type { JsonText } from '../domain/job.ts';
import { type ListName, toCursor } from './cursor.ts';
import { apiLimits } from './limits.ts';
import { jsonTextReply } from './reply.ts';

/** For what stands around the items of a page. */
const FRAME_BYTES = 500;

/** A page as it was asked for; without an offset when it was by a cursor. */
type Page = { limit: number; offset: number | undefined };

/**
 * A page of a list, cut where it would have more bytes than a page may; one item it has in any case. `nextCursor` leads
 * to what is behind it.
 */
export function listReply<T>(
  list: ListName,
  { items, total, hasMore }: { items: readonly T[]; total: number; hasMore: boolean },
  { limit, offset }: Page,
  of: { json: (item: T) => JsonText; position: (item: T) => number },
): APIGatewayProxyResult {
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
  const isCut = hasMore || shown.length < items.length;
  const nextCursor = isCut && last !== undefined ? toCursor(list, of.position(last)) : null;
  const frame = JSON.stringify({ total, limit, offset, nextCursor });
  return jsonTextReply(200, `{"items":[${shown.join(',')}],${frame.slice(1)}`);
}
