import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { JobDeclaration } from '../../infra/constructs/declared-jobs.ts';
import { parseDeclaration } from '../../lib/api/parse-declaration.ts';
import { parseNewJob } from '../../lib/api/parse-job.ts';
import { jobJson } from '../../lib/api/resources.ts';
import { toCdk } from '../../web/screens/job/actions/copies.ts';
import { loopbackPolicy } from '../support/outgoing.ts';
import { synthesiseApp } from './support/synthesise.ts';
import { buildTheirs } from './support/theirs.ts';

const described = {
  key: "shop/it's `5` o'clock ${x}",
  name: 'Nightly "report" 📦',
  description: 'line\nbreak </script>',
  tags: ['a b', 'erp'],
  group: 'orders',
  schedule: '0 5 * * *',
  timeZone: 'Europe/Berlin',
  api: 'http://127.0.0.1:9/x?a=1&b=%20',
  headers: { 'X-Tenant': 'a', Authorization: 'Bearer x' },
  body: { text: "quote ' and \\ and \u2028", list: [1, true, null] },
  retry: { delaysSeconds: [5, 60], jitter: 0.5 },
  maxAgeSeconds: 3_600,
  stopOn: [404, '5xx'],
  success: { statuses: ['2xx', 409], contains: 'ok' },
  deleteFinishedAfterDays: null,
};

/** The job as the API shows it. */
function shown(): Parameters<typeof toCdk>[0] {
  const job = parseNewJob(described, loopbackPolicy);
  const at = new Date('2030-01-01T00:00:00Z');
  const moving = {
    id: 7,
    version: 1,
    createdAt: at,
    updatedAt: at,
    failuresInARow: 0,
    lastOutcome: null,
    pausedByFailuresAt: null,
  };
  const headers = { 'X-Tenant': 'a', Authorization: { $secret: 'k:x' } };
  return JSON.parse(jobJson({ ...job, ...moving, headers, nextExecutionTime: at }));
}

test('the CDK snippet of a job declares the same job in a stack that synthesizes', () => {
  const jobs: Record<string, JobDeclaration> = {};
  const scheduler = { addJob: (name: string, job: JobDeclaration) => (jobs[name] = job) };
  runInNewContext(toCdk(shown()), { scheduler });
  expect(Object.keys(jobs)).toEqual([described.key]);

  const stack = synthesiseApp((outdir) => buildTheirs(outdir, { jobs }));
  const [resource] = stack.ofType('Custom::BelfryJob');
  const declared = parseDeclaration(resource?.Properties ?? {}, loopbackPolicy);
  expect(declared.key).toBe(described.key);
  const reference = '{{resolve:secretsmanager:NAME:SecretString:Authorization}}';
  expect(declared.job).toEqual({
    ...parseNewJob(described, loopbackPolicy),
    key: null,
    headers: { 'X-Tenant': 'a', Authorization: reference },
    secretHeaders: ['Authorization'],
  });
});

test('the CDK snippet of a job without a key and a name has a name for it', () => {
  expect(toCdk({ ...shown(), key: null, name: null })).toMatch(/^scheduler\.addJob\("job-7", \{/);
});
