import type { JobSummary } from '../api/types.ts';

/** What a job is called: its name, its key, or its URL without the scheme. */
export const jobName = ({ name, key, api }: Pick<JobSummary, 'name' | 'key' | 'api'>): string =>
  name ?? key ?? api.replace(/^https?:\/\//, '');
