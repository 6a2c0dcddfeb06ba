import { peakRssBytes } from './peak-rss.ts';

/** Wraps the function of another module, and measures each of its invocations. */

type Handler = (event: unknown, context: object) => Promise<unknown>;

export type Measured = { result?: unknown; durationMs: number; cpuMs: number; peakRssMb: number };

const { handler: measured }: { handler: Handler } = await import(process.env['BENCH_ENTRY'] ?? '');

export async function handler(event: unknown, context: object): Promise<Measured> {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const result = await measured(event, context);
  const durationMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, durationMs, cpuMs: (user + system) / 1_000, peakRssMb: peakRssBytes() / 1_048_576 };
}
