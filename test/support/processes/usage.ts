import * as z from 'zod';
import type { LiveProcess } from './process-host.ts';

/** Resources that a process uses. `liveBytes` is its live heap, with the memory outside of the heap that its objects use. */
export type Usage = z.infer<typeof answer>['usage'];
export type UsageQuestion = { kind: 'usage?'; id: number };

/** The module that a process must load before its function to answer `readUsage`. */
export const TELL_USAGE = new URL('tell-usage.ts', import.meta.url);

const answer = z.object({
  kind: z.literal('usage'),
  id: z.int(),
  usage: z.object({ liveBytes: z.number(), rssBytes: z.number() }),
});

const GIVE_UP_AFTER_MS = 10_000;
let questions = 0;

/** Asks a process that has loaded `TELL_USAGE` for its memory usage. */
export function readUsage({ name, send, onNote }: LiveProcess): Promise<Usage> {
  const id = ++questions;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stopListening();
      reject(new Error(`${name} did not report its memory usage in time`));
    }, GIVE_UP_AFTER_MS);
    const stopListening = onNote((note) => {
      const parsed = answer.safeParse(note);
      if (!parsed.success || parsed.data.id !== id) return;
      clearTimeout(timer);
      stopListening();
      resolve(parsed.data.usage);
    });
    const question: UsageQuestion = { kind: 'usage?', id };
    send(question);
  });
}
