/**
 * One kind of work of a run, such as taking or claiming. The loop starts it, never waits for it, and starts it again only
 * after it has ended.
 */
export type Activity = {
  /** For the log. */
  name: string;
  /** The instant from which on it has something to do, in milliseconds since the epoch; Infinity while it has nothing. */
  fromMs: () => number;
  /**
   * Does it. What it takes out of the run's state it takes before its first `await`; when it fails, it puts that back first.
   *
   * @throws UnavailableError when a part did not answer: it is tried again. Anything else ends the run.
   */
  run: (nowMs: number) => Promise<void>;
};
