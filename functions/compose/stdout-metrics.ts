import type { Clock } from '../../lib/domain/clock.ts';
import { makeEmitMetrics, type EmitMetrics } from '../../lib/metrics.ts';

/**
 * Makes the function that writes metrics to the function's log. A deployment without a name has no metrics: they could not be
 * told apart from other deployments' metrics, and on one machine nothing reads them, so they would only fill the log.
 */
export function stdoutMetrics(deployment: string | undefined, clock: Clock): EmitMetrics {
  if (deployment === undefined) return () => {};
  return makeEmitMetrics({ deployment, clock, writeLine: (line) => void process.stdout.write(`${line}\n`) });
}
