import type { JobDescription } from './job.ts';
import { defaultRetryPolicy, totalWait } from './retry-policy.ts';

/** Returns how long the retries of one execution wait in total, in seconds. The two differ only under jitter. */
export function retriesLastSeconds({
  retry,
  maxRetryCount,
  maxAgeSeconds,
}: Pick<JobDescription, 'retry' | 'maxRetryCount' | 'maxAgeSeconds'>): { min: number; max: number } {
  const { minMs, maxMs } = totalWait(retry ?? defaultRetryPolicy, maxRetryCount);
  const longest = maxAgeSeconds ?? Infinity;
  return { min: Math.min(minMs / 1_000, longest), max: Math.min(maxMs / 1_000, longest) };
}
