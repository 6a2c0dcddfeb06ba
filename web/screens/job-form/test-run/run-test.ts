import { api } from '../../../api/client.ts';
import type { ExecutionDetails, Job, NewJob } from '../../../api/types.ts';
import { hasEnded } from '../../../api/has-ended.ts';

const REASON = 'test run';
const POLL_MS = 300;

const pause = async (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, POLL_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('The test run was left.'));
    });
  });

/** The same request as a job of its own: paused, without retries, and without the key, which only one job can have. */
const toTestJob = (job: NewJob): NewJob => ({
  ...job,
  // It never comes: the job is paused, and gone after the run.
  schedule: '@yearly',
  key: null,
  name: 'Test run',
  isActive: false,
  maxRetryCount: 0,
  retry: null,
  keepResponse: 'always',
  pauseAfterFailures: null,
});

/** A test run: the job as the API has stored it, with its secrets hidden, and its only execution. */
export type TestRun = { job: Job; execution: ExecutionDetails };

/**
 * Sends the request of a job once, through Belfry: a paused job is created, run and deleted. It ends when the execution has
 * ended; the job is deleted in any case.
 */
export async function runTest(job: NewJob, signal: AbortSignal): Promise<TestRun> {
  const stored = await api.post('/api/v1/jobs', { body: toTestJob(job), reason: REASON, signal });
  const path = { id: stored.id };
  try {
    const { id } = await api.post('/api/v1/jobs/{id}/run', { path, reason: REASON, signal });
    for (;;) {
      const execution = await api.get('/api/v1/executions/{id}', { path: { id }, signal });
      if (hasEnded(execution)) return { job: stored, execution };
      await pause(signal);
    }
  } finally {
    await api.delete('/api/v1/jobs/{id}', { path, reason: REASON });
  }
}
