import type { UsageQuestion } from './usage.ts';

/** Loaded before a function: tells what its process uses, when asked. Collects garbage first where `--expose-gc` is given. */

process.on('message', (message: UsageQuestion | { kind?: undefined }) => {
  if (message.kind !== 'usage?') return;
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const usage = { liveBytes: heapUsed + external, rssBytes: rss };
  process.send?.({ kind: 'usage', id: message.id, usage });
});
