import type { LoadWindow } from '../../domain/load/load.ts';

export type AskedLoad = LoadWindow & {
  /** Counts only these jobs. Undefined for all jobs. */
  jobIds: readonly number[] | undefined;
  /** How many of the busiest minutes are described. */
  busiest: number;
  /** Runs that were counted before may be this old. 0 counts now. */
  maxAgeMs: number;
};
