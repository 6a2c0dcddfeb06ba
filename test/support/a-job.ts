import { defaults, NO_BODY, type NewJob } from '../../lib/domain/job.ts';

/** A valid job; a test names what matters to it. */
export function aJob(fields: Partial<NewJob> = {}): NewJob {
  return {
    key: null,
    name: null,
    description: null,
    tags: [],
    group: null,
    owner: null,
    schedule: '@every 60s',
    timeZone: defaults.timeZone,
    api: 'http://127.0.0.1:9/',
    method: defaults.method,
    headers: {},
    secretHeaders: [],
    body: NO_BODY,
    type: defaults.type,
    isRecurring: true,
    maxRetryCount: defaults.maxRetryCount,
    timeoutMs: defaults.timeoutMs,
    isActive: true,
    ...fields,
  };
}
