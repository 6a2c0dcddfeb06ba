import { inject } from 'vitest';

/** A Belfry that files of tests share. */
export type SharedBelfry = { address: string; apiKey: string; databaseUrl: string };

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Belfry for each worker of vitest. */
    belfries: SharedBelfry[];
  }
}

/** Returns the Belfry of this worker. Its files run one after the other, so that no other file changes what a test looks at. */
export function belfry(): SharedBelfry {
  const worker = Number(process.env['VITEST_POOL_ID']);
  const own = inject('belfries')[worker - 1];
  if (own === undefined) throw new Error(`worker ${worker} of vitest has no Belfry`);
  return own;
}
