/** One kind of work in a run, such as taking or claiming. The loop starts it and does not wait. It never runs twice at once. */
export type Activity = {
  /** Appears in the log. */
  name: string;
  /** When the activity has something to do, in milliseconds since the epoch. Infinity means: nothing at present. */
  fromMs: () => number;
  /**
   * Does the work. It removes executions from the run's state before its first `await`, and puts them back when it fails.
   *
   * @throws UnavailableError when PostgreSQL or Redis did not answer: the loop tries again. Any other error ends the run.
   */
  run: (nowMs: number) => Promise<void>;
};
