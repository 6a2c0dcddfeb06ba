import { randomUUID } from 'node:crypto';

/** Names one environment of a function: 12 hexadecimal digits. */
export const environmentIdShape = /^[0-9a-f]{12}$/;

/** Makes UUIDs that start with an environment's id, so that what its workers hold can be told from what others hold. */
export function makeIdsOf(environmentId: string): () => string {
  const start = startOf(environmentId);
  return () => `${start}${randomUUID().slice(start.length)}`;
}

/** The first and the last of the UUIDs that `makeIdsOf` can make; of all there are without an environment. */
export function idRange(environmentId: string | undefined): { first: string; last: string } {
  const start = environmentId === undefined ? '' : startOf(environmentId);
  const fill = (digit: string): string =>
    `${start}${'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'.slice(start.length).replaceAll('x', digit)}`;
  return { first: fill('0'), last: fill('f') };
}

const startOf = (environmentId: string): string => `${environmentId.slice(0, 8)}-${environmentId.slice(8)}-`;
