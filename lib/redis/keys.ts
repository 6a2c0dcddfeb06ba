/** Makes the names of all keys. Every key carries the same hash tag, so that a script may use several keys on a cluster. */
export function makeKeys(tag: string) {
  const prefix = `{${tag}}:`;
  return {
    /** list: ids of due executions, in the order in which they run */
    ready: `${prefix}ready`,
    /** sorted set: execution ids by due instant (ms) */
    scheduled: `${prefix}scheduled`,
    /** sorted set: execution ids by the due instant of their retry (ms) */
    retry: `${prefix}retry`,
    /** sorted set: worker ids by the end of their lease (ms) */
    workers: `${prefix}workers`,
    /** sorted set: ids of running executions to break off, by the end of the cancel request (ms); bounded */
    cancels: `${prefix}cancels`,
    /** string: when a worker last claimed the window for further wake-ups (ms) */
    fanOut: `${prefix}fan-out`,
    /** sorted set: origins that asked for a pause (Retry-After), by its end (ms); bounded, expires */
    heldBack: `${prefix}held-back`,
    /** string: changes with `held-back`, so that a worker reads it only after a change */
    heldBackVersion: `${prefix}held-back-version`,
    /** list: ids of the executions that one worker holds; empty unless the worker is in `workers` */
    processing: (workerId: string) => `${prefix}processing:${workerId}`,
    /** string: what a worker needs to run the execution. The queue knows an execution if this key exists. */
    payload: (id: number) => `${prefix}payload:${id}`,
    /** string: the theoretical arrival time of an API key's next request (µs) */
    rate: (apiKeyId: number) => `${prefix}rate:${apiKeyId}`,
    /** set: ids of executions that ended in this state on a UTC day; bounded */
    completed: (day: string) => `${prefix}completed:${day}`,
    failed: (day: string) => `${prefix}failed:${day}`,
    /** string: number of executions that ended in this state on a UTC day; exact */
    completedCount: (day: string) => `${prefix}completed-count:${day}`,
    failedCount: (day: string) => `${prefix}failed-count:${day}`,
  };
}

export type Keys = ReturnType<typeof makeKeys>;

/** Returns the UTC day of an instant as YYYY-MM-DD. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
