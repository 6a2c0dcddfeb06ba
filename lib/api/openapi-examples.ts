const job = {
  name: 'Nightly report',
  schedule: '0 30 2 * * *',
  timeZone: 'Europe/Berlin',
  api: 'https://example.com/reports',
  headers: { Authorization: 'Bearer token' },
  body: { kind: 'nightly' },
  maxRetryCount: 5,
};

const once = {
  schedule: '2031-05-01T12:00:00Z',
  api: 'https://example.com/launch',
  type: 'AT_MOST_ONCE',
};

const patient = {
  schedule: '@hourly',
  api: 'https://example.com/orders',
  retry: { delaysSeconds: [5, 300, 7200], jitter: 0.2 },
  maxAgeSeconds: 86_400,
  stopOn: [404, 410],
  success: { statuses: ['2xx', 409], contains: '"ok"' },
};

export const examplePatient = { summary: 'Every hour, with retries over two hours', value: patient };
export const exampleJob = { summary: 'Every night at half past two in Berlin', value: job };
export const exampleOnce = { summary: 'Once, at an instant, without retries', value: once };
export const exampleJobs = { summary: 'Two jobs', value: { jobs: [job, once] } };

export const exampleApiKey = {
  summary: 'A key for a dashboard, for some time',
  value: { name: 'dashboard', scopes: ['read'], expiresAt: '2031-05-01T12:00:00Z' },
};

const pauseReports = { action: 'pause', filter: { tag: 'reports' } };
export const exampleDryRun = {
  summary: 'Count the jobs that it would pause',
  value: { ...pauseReports, dryRun: true },
};
export const exampleOperation = {
  summary: 'Pause them, with the token of the dry run',
  value: { ...pauseReports, token: 'eyJoYXNoIjoi…' },
};

export const exampleSigningKey = {
  summary: 'A new key, with a week to change the receivers',
  value: { overlapSeconds: 604_800 },
};

export const examplePreview = {
  summary: 'The next 10 times of a nightly job',
  value: { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' },
};
