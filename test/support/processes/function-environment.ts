import { readFileSync } from 'node:fs';
import { serveCalls } from './serve-calls.ts';

/** One function environment in a process of its own, so that its memory is nobody else's. */

type Handler = (event: unknown, context: object) => Promise<unknown>;

let handler: Handler | undefined;

/**
 * Linux counts into `resourceUsage().maxRSS` what the parent had before exec; VmHWM is this program's alone.
 */
function peakRssMb(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1_024;
}

const calls = {
  load: async (entry: string) => {
    const module: { handler?: Handler } = await import(entry);
    if (module.handler === undefined) throw new Error(`${entry} exports no handler`);
    handler = module.handler;
    return { rssMb: process.memoryUsage().rss / 1_048_576 };
  },
  invoke: async ({ event, timeoutMs }: { event: unknown; timeoutMs: number }) => {
    if (handler === undefined) throw new Error('no function is loaded');
    const deadlineMs = Date.now() + timeoutMs;
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const result = await handler(event, {
      awsRequestId: 'bench',
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    });
    const durationMs = performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    return { result, durationMs, cpuMs: (cpu.user + cpu.system) / 1_000, peakRssMb: peakRssMb() };
  },
  /** What is alive on the heap (after a collection, for which the process needs `--expose-gc`), and the resident set. */
  memory: () => {
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { liveBytes: heapUsed + external, rssBytes: rss };
  },
  /** As AWS's runtime says that the environment will be ended. */
  shutDown: () => void process.emit('SIGTERM', 'SIGTERM'),
};

export type FunctionEnvironmentCalls = typeof calls;

serveCalls(calls);
