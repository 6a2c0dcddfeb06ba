import type { KeyName } from '../requests/credentials.ts';

/** Jobs and keys that the run created. Deleted jobs and revoked keys stay in it: requests for them are useful too. */
export type State = {
  keys: Readonly<Record<KeyName, string>>;
  /** Ids of the keys that the requests use: no request may revoke them. */
  protectedKeyIds: ReadonlySet<number>;
  jobIds: number[];
  executionIds: number[];
  operationIds: number[];
  signingKeyIds: number[];
  /** Requests that start an operation, each with the token of its dry run. */
  starts: Buffer[];
  keyIds: number[];
  madeKeys: string[];
};

/** The most ids or keys to keep of each kind; the oldest is removed first. */
const MOST = 300;

export function note<Value>(list: Value[], value: Value): void {
  if (list.length >= MOST) list.shift();
  list.push(value);
}

/** Selects an item by number: the same item for the same number, as long as the list does not grow. */
export const choose = <T>(list: readonly T[], made: number): T | undefined =>
  list[made % Math.max(1, list.length)];
