const POLICY = '"key"';

type Limit = { perSecond: number; burst: number };
type Count = { isAdmitted: boolean; remaining: number; waitMs: number; resetMs: number };

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** The whole seconds after which a request that had to wait may come. */
export const retryAfterSeconds = ({ waitMs }: Count): number => Math.max(1, seconds(waitMs));

/**
 * `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10: a quota of `q` requests in a window of `w`
 * seconds, of which `r` are left. `t` says when all of them are there again, and after a refusal the same as Retry-After.
 * Without a count, as while Redis is away, there is the policy alone.
 */
export function rateLimitHeaders(limit: Limit, count: Count | undefined): Record<string, string> {
  const policy = `${POLICY};q=${limit.burst};w=${seconds((limit.burst * 1_000) / limit.perSecond)}`;
  if (count === undefined) return { 'ratelimit-policy': policy };
  const resetSeconds = count.isAdmitted ? seconds(count.resetMs) : retryAfterSeconds(count);
  return { 'ratelimit-policy': policy, ratelimit: `${POLICY};r=${count.remaining};t=${resetSeconds}` };
}
