import type { UsageQuestion } from './usage.ts';

/** Loads before a function and reports the memory of its process on request; with `--expose-gc` it collects garbage first. */

process.on('message', (message: UsageQuestion | { kind?: undefined }) => {
  if (message.kind !== 'usage?') return;
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const usage = { liveBytes: heapUsed + external, rssBytes: rss };
  process.send?.({ kind: 'usage', id: message.id, usage });
});
