import { toNewJob } from '../../lib/api/job-schemas.ts';
import type { NewJob } from '../../lib/domain/job.ts';

/** A valid job with the defaults of the API. A test sets only the fields that matter to it. */
export const aJob = (fields: Partial<NewJob> = {}): NewJob => ({
  ...toNewJob({ schedule: '@every 60s', api: 'http://127.0.0.1:9/' }),
  ...fields,
});

/** A job in the form of a request: a POST with a small JSON body. */
export function postedJob(place: number, schedule: string, api: string) {
  return {
    name: `order ${place}`,
    schedule,
    api,
    headers: { 'x-source': 'bench' },
    body: { orderId: place, action: 'remind', note: 'forty bytes or so that some client sends' },
  };
}
