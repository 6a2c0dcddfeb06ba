import type { By } from './audit-log.ts';

/** The owner of the jobs of a stack whose name is unknown, and of jobs that were declared before jobs had owners. */
const UNKNOWN_STACK = 'stack';

/** Returns the owner that a deployment gives its jobs, such as `stack:shop`. */
export function ownerOf(by: By | undefined): string {
  const { actor } = by ?? {};
  return actor?.type === 'DEPLOYMENT' && actor.name !== null
    ? `${UNKNOWN_STACK}:${actor.name}`
    : UNKNOWN_STACK;
}

/** Tells whether a stack manages the job. */
export const isStack = (owner: string | null): boolean =>
  owner !== null && (owner === UNKNOWN_STACK || owner.startsWith(`${UNKNOWN_STACK}:`));

/** Tells whether a job belongs to the stack with this owner. If one of the two names is unknown, the job may belong to the stack. */
export const isOfStack = (owner: string | null, stack: string): boolean =>
  isStack(owner) && (owner === stack || owner === UNKNOWN_STACK || stack === UNKNOWN_STACK);
