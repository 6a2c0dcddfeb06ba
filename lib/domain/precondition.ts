import { PreconditionFailedError } from './errors.ts';

/** The versions of a job that a request may change. `*` stands for every version, but not for a missing job. */
export type Match = '*' | readonly number[];

/** Returns the entity tag of a version, which is what the header `ETag` shows. */
export const etagOf = (version: number): string => `"r${version}"`;

/** @throws PreconditionFailedError when the job has changed since the caller read it. */
export function checkMatch(match: Match | undefined, { version }: { version: number }): void {
  if (match === undefined || match === '*' || match.includes(version)) return;
  throw new PreconditionFailedError(
    `the job has the ETag ${etagOf(version)}, which If-Match does not name; read the job again, and repeat the change`,
  );
}
