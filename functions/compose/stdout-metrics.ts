import type { Clock } from '../../lib/domain/clock.ts';
import { makeEmitMetrics, type EmitMetrics } from '../../lib/metrics.ts';

/**
 * Metrics by way of the function's log. A deployment without a name has none: nothing would tell them apart, and on one
 * machine nobody takes them from the log, which they would fill.
 */
export function stdoutMetrics(deployment: string | undefined, clock: Clock): EmitMetrics {
  if (deployment === undefined) return () => {};
  return makeEmitMetrics({ deployment, clock, writeLine: (line) => void process.stdout.write(`${line}\n`) });
}
