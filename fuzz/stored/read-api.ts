import * as z from 'zod';
import type { Send } from '../run/send.ts';

const page = z.object({ items: z.array(z.unknown()), total: z.int() });

/** Some jobs have bodies of a megabyte. */
const PAGE_SIZE = 100;

/** Everything that a list of the API has. */
export async function readPages(send: Send, key: string, path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for (;;) {
    const target = `${path}?limit=${PAGE_SIZE}&offset=${items.length}`;
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
    if (read.items.length < PAGE_SIZE) return items;
  }
}
