import type { KeyName } from '../requests/credentials.ts';

/** What the run knows of what it has made. Deleted jobs and revoked keys stay: requests for them are of use too. */
export type State = {
  keys: Readonly<Record<KeyName, string>>;
  /** Keys that the requests themselves use must not be revoked by one of them. */
  protectedKeyIds: ReadonlySet<number>;
  jobIds: number[];
  keyIds: number[];
  madeKeys: string[];
};

/** Of each kind, the last so many. */
const MOST = 300;

export function note(list: (number | string)[], value: number | string): void {
  if (list.length >= MOST) list.shift();
  list.push(value);
}

/** The same for the same number, as long as as much was made. */
export const choose = <T>(list: readonly T[], made: number): T | undefined =>
  list[made % Math.max(1, list.length)];
