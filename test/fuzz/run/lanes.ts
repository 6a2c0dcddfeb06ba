import * as fc from 'fast-check';

export type LaneOptions<T> = {
  seed: number;
  /** Requests of all lanes, without the requests that shrinking sends. */
  requests: number;
  lanes: number;
  arbitrary: fc.Arbitrary<T>;
  act: (value: T) => Promise<void>;
};

/** How long the run tries smaller versions of a failing request. */
const SHRINK_FOR_MS = 10_000;

/**
 * Runs several lanes at once, each with its own seed and requests, until all are done or one fails. Resolves with the message
 * of the last error, which comes from the smallest request that still fails.
 */
export async function runLanes<T>({
  seed,
  requests,
  lanes,
  arbitrary,
  act,
}: LaneOptions<T>): Promise<string | undefined> {
  let failing: number | undefined;
  const runLane = async (lane: number): Promise<string | undefined> => {
    let failedMs = Infinity;
    let last: string | undefined;
    const property = fc.asyncProperty(arbitrary, async (value) => {
      // Another lane has failed: requests of this lane would only disturb its shrinking.
      if (failing !== undefined && failing !== lane) return;
      if (performance.now() - failedMs > SHRINK_FOR_MS) return;
      try {
        await act(value);
      } catch (error) {
        failing ??= lane;
        if (failedMs === Infinity) failedMs = performance.now();
        last = error instanceof Error ? error.message : String(error);
        throw error;
      }
    });
    const share = Math.floor(requests / lanes) + (lane < requests % lanes ? 1 : 0);
    await fc.check(property, { seed: seed + lane, numRuns: share });
    return failing === lane ? last : undefined;
  };
  const failures = await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return failures.find((failure) => failure !== undefined);
}
