import * as fc from 'fast-check';

export type LaneOptions<T> = {
  seed: number;
  /** In all, without those that shrinking sends. */
  requests: number;
  lanes: number;
  arbitrary: fc.Arbitrary<T>;
  act: (value: T) => Promise<void>;
};

/** How long a failing request is made smaller, by sending smaller ones. */
const SHRINK_FOR_MS = 10_000;

/**
 * Lets several lanes act at once, each with requests of its own by its own seed, until all is done or one fails. Resolves with
 * what failed, shrunk: the message of the last error that the smallest request still has.
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
      // Another lane has failed: what this one sends would only get in its way.
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
