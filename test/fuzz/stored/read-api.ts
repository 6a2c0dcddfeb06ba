import * as z from 'zod';
import type { Send } from '../run/send.ts';

const page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });

/** Reads all pages of a list of the API. */
export async function readPages(send: Send, key: string, path: string, query = ''): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const target = `${path}?limit=100${query}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const answer = await send({
      method: 'GET',
      target,
      headers: [['x-api-key', key]],
      body: undefined,
      isChunked: false,
    });
    if (answer.status !== 200)
      throw new Error(`GET ${target}: ${answer.status} ${answer.body.slice(0, 300)}`);
    const read = page.parse(JSON.parse(answer.body));
    items.push(...read.items);
    cursor = read.nextCursor;
  }
  return items;
}
