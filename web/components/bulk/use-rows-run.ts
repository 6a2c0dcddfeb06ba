import { useState } from 'react';
import type { JobSummary } from '../../api/types.ts';
import { jobName } from '../job-name.ts';
import type { Progress } from '../operation/progress.ts';
import type { BulkAction } from './actions.ts';
import { actOnJob } from './requests.ts';
import type { BulkSettings } from './target.ts';

/** Requests at a time: few, so that others' requests are not held up. */
const AT_ONCE = 4;

/** Does an action with each of some jobs, one request a job. */
export function useRowsRun() {
  const [progress, setProgress] = useState<Progress>();
  const run = async (action: BulkAction, jobs: readonly JobSummary[], settings: BulkSettings) => {
    const state: Progress = { state: 'RUNNING', total: jobs.length, done: 0, skipped: 0, failures: [] };
    const waiting = [...jobs];
    const work = async () => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        try {
          await actOnJob(action, job, settings);
          state.done += 1;
        } catch (error) {
          state.failures.push({
            name: jobName(job),
            message: error instanceof Error ? error.message : String(error),
          });
        }
        setProgress({ ...state });
      }
    };
    setProgress({ ...state });
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setProgress({ ...state, state: 'DONE' });
  };
  return { progress, run };
}
