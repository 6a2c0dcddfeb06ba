type Fields = Record<string, unknown>;

/**
 * Removes the fields of a job or an operation that its other fields forbid. Fields are chosen one by one, so few jobs would keep the rules that
 * span several fields, and few would be stored.
 */
export function makeConsistent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(makeConsistent);
  if (typeof value !== 'object' || value === null) return value;
  const job: Fields = Object.fromEntries(Object.entries(value));
  if (Array.isArray(job['jobs'])) return { jobs: job['jobs'].map(makeConsistent) };
  if (Object.hasOwn(job, 'action') && Object.hasOwn(job, 'filter')) return consistentOperation(job);
  if (job['type'] === 'AT_MOST_ONCE') {
    for (const name of ['maxRetryCount', 'retry', 'stopOn']) delete job[name];
  }
  const retry: { delaysSeconds?: unknown } = Object(job['retry']);
  if (Array.isArray(retry.delaysSeconds)) delete job['maxRetryCount'];
  if (job['method'] === 'HEAD') delete job['success'];
  if (/^(?:\d{4}-|at\()/.test(String(job['schedule']))) delete job['isRecurring'];
  if (job['method'] === 'GET' || job['method'] === 'HEAD') delete job['body'];
  const names = new Set(Object.keys(Object(job['headers'])).map((name) => name.toLowerCase()));
  if (Array.isArray(job['secretHeaders'])) {
    job['secretHeaders'] = job['secretHeaders'].filter((name) => names.has(String(name).toLowerCase()));
  }
  return job;
}

/** Makes a dry run, because nothing can guess the token of another one. Conditions exclude `all`, and tags, groups and windows belong to one action. */
function consistentOperation(given: Fields): Fields {
  const operation = { ...given };
  for (const name of ['token', 'addTags', 'removeTags', 'group', 'spread']) delete operation[name];
  if (operation['action'] === 'run') delete operation['ratePerSecond'];
  const { all, ...conditions }: Fields = Object(operation['filter']);
  const filter = Object.keys(conditions).length > 0 ? conditions : { all: all ?? true };
  const tags = operation['action'] === 'tag' ? { addTags: ['a'] } : {};
  const group = operation['action'] === 'group' ? { group: 'a' } : {};
  const spread = operation['action'] === 'spread' ? { spread: { withinSeconds: 300 } } : {};
  return { ...operation, ...tags, ...group, ...spread, filter, dryRun: true };
}
