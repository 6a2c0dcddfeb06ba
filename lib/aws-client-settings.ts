/**
 * Returns the settings that limit each attempt of a call. Every AWS client needs them: without `throwOnRequestTimeout` the SDK
 * only logs that an attempt took too long, and continues to wait.
 *
 * The timeout of an attempt runs from its start, with the connection, to the first byte of the answer. An answer that stops
 * midway ends after `attemptTimeoutMs` without a byte. Between attempts the SDK waits up to 0.1 s (0.5 s after throttling). A
 * call also needs an abort signal if the sum of these times is too long, or if an answer may arrive very slowly.
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
