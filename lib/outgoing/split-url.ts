import { boundedCache } from '../domain/bounded-cache.ts';

/** A URL as a request needs it. */
export type SplitUrl = {
  origin: string;
  /** Path and query. The URL parser has encoded every character that could end a request line. */
  path: string;
};

/** URLs have at most 2,048 characters, so these take a few MiB at most. */
const MAX_KNOWN = 1_000;
const known = boundedCache<string, SplitUrl>(MAX_KNOWN);

/**
 * Splits a URL, and remembers it: the executions of a job have the same one. To split it again takes 0.45 µs instead of 0.03.
 *
 * @throws TypeError if the URL is invalid.
 */
export const splitUrl = (url: string): SplitUrl => known(url, split);

function split(url: string): SplitUrl {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}
