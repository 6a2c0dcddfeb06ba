/**
 * The settings that end each attempt of an AWS client's calls. Every client is made with them: without
 * `throwOnRequestTimeout` the SDK only logs that an attempt took too long, and waits on.
 *
 * An attempt counts from its start, connecting included, to the first byte of the answer. An answer that stops midway ends
 * after `attemptTimeoutMs` without a byte. The SDK waits up to 0.1 s (0.5 s when it was throttled) between attempts. Where the sum
 * of all that is too long, or where an answer may trickle, the call needs an abort signal too.
 */
export function awsClientSettings(options: { maxAttempts: number; attemptTimeoutMs: number }) {
  const { maxAttempts, attemptTimeoutMs } = options;
  return {
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.min(1_000, attemptTimeoutMs),
      requestTimeout: attemptTimeoutMs,
      socketTimeout: attemptTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}
