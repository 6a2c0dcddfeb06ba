type Fields = Record<string, unknown>;

/**
 * Takes out of a job what only its other fields forbid. Of jobs whose fields were chosen one by one, few keep to the rules that
 * span several, and so few would ever be stored.
 */
export function makeConsistent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(makeConsistent);
  if (typeof value !== 'object' || value === null) return value;
  const job: Fields = Object.fromEntries(Object.entries(value));
  if (Array.isArray(job['jobs'])) return { jobs: job['jobs'].map(makeConsistent) };
  if (job['type'] === 'AT_MOST_ONCE') delete job['maxRetryCount'];
  if (/^(?:\d{4}-|at\()/.test(String(job['schedule']))) delete job['isRecurring'];
  if (job['method'] === 'GET' || job['method'] === 'HEAD') delete job['body'];
  const names = new Set(Object.keys(Object(job['headers'])).map((name) => name.toLowerCase()));
  if (Array.isArray(job['secretHeaders'])) {
    job['secretHeaders'] = job['secretHeaders'].filter((name) => names.has(String(name).toLowerCase()));
  }
  return job;
}
