const POLICY = '"key"';

type Limit = { perSecond: number; burst: number };
type Count = { isAdmitted: boolean; remaining: number; waitMs: number; resetMs: number };

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** Returns the number of seconds after which a refused request may be sent again. */
export const retryAfterSeconds = ({ waitMs }: Count): number => Math.max(1, seconds(waitMs));

/**
 * Makes the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). The quota is `q`
 * requests in a window of `w` seconds, of which `r` remain. `t` is the number of seconds until all are available again;
 * after a refusal, it equals Retry-After. Without a count, for example while Redis is unavailable, there is only the
 * policy.
 */
export function rateLimitHeaders(limit: Limit, count: Count | undefined): Record<string, string> {
  const policy = `${POLICY};q=${limit.burst};w=${seconds((limit.burst * 1_000) / limit.perSecond)}`;
  if (count === undefined) return { 'ratelimit-policy': policy };
  const resetSeconds = count.isAdmitted ? seconds(count.resetMs) : retryAfterSeconds(count);
  return { 'ratelimit-policy': policy, ratelimit: `${POLICY};r=${count.remaining};t=${resetSeconds}` };
}
