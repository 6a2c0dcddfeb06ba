import { randomUUID } from 'node:crypto';

/** The shape of an id of one environment of a function: 12 hexadecimal digits. */
export const environmentIdShape = /^[0-9a-f]{12}$/;

/** Makes UUIDs that start with an environment's id. They show which executions the workers of this environment hold. */
export function makeIdsOf(environmentId: string): () => string {
  const start = startOf(environmentId);
  return () => `${start}${randomUUID().slice(start.length)}`;
}

/** Returns the first and last UUID that `makeIdsOf` can make. Without an environment, the range contains all UUIDs. */
export function idRange(environmentId: string | undefined): { first: string; last: string } {
  const start = environmentId === undefined ? '' : startOf(environmentId);
  const fill = (digit: string): string =>
    `${start}${'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'.slice(start.length).replaceAll('x', digit)}`;
  return { first: fill('0'), last: fill('f') };
}

const startOf = (environmentId: string): string => `${environmentId.slice(0, 8)}-${environmentId.slice(8)}-`;
