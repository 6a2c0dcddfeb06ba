/** Every key there is. All carry one hash tag, so that a script may touch several of them on a cluster. */
export function makeKeys(tag: string) {
  const prefix = `{${tag}}:`;
  return {
    /** list: ids that are due, in the order they are to run */
    ready: `${prefix}ready`,
    /** sorted set: ids by due instant (ms) */
    scheduled: `${prefix}scheduled`,
    /** sorted set: ids by the due instant of their retry (ms) */
    retry: `${prefix}retry`,
    /** sorted set: worker ids by the end of their lease (ms) */
    workers: `${prefix}workers`,
    /** string: when the window for further wake-ups was last claimed (ms) */
    fanOut: `${prefix}fan-out`,
    /** list: ids in one worker's hands; not empty only while the worker is among `workers` */
    processing: (workerId: string) => `${prefix}processing:${workerId}`,
    /** string: what the worker needs to run it. That it exists means: the queue knows this execution. */
    payload: (id: number) => `${prefix}payload:${id}`,
    /** string: the theoretical arrival time of an API key's next request (µs) */
    rate: (apiKeyId: number) => `${prefix}rate:${apiKeyId}`,
    /** set: ids that ended so on a UTC day, bounded */
    completed: (day: string) => `${prefix}completed:${day}`,
    failed: (day: string) => `${prefix}failed:${day}`,
    /** string: how many ended so on a UTC day, exact */
    completedCount: (day: string) => `${prefix}completed-count:${day}`,
    failedCount: (day: string) => `${prefix}failed-count:${day}`,
  };
}

export type Keys = ReturnType<typeof makeKeys>;

/** The UTC day of an instant, as YYYY-MM-DD. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
