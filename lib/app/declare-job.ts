import type { By } from '../domain/audit-log.ts';
import { ValidationError } from '../domain/errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { isStack, ownerOf } from '../domain/stack-owner.ts';
import type { PutJob } from './put-job.ts';

/** @param by the deployment, whose stack becomes the owner of the job. */
export type DeclareJob = (key: string, job: NewJob, by?: By) => Promise<Job>;

/**
 * Makes the job with this key equal to the declaration of a stack, in every field. So a declaration may be repeated: the same
 * one again changes nothing. Changes through the API are overwritten by the next declaration that differs from the job, and a
 * job that was deleted through the API is created again. A stack may take over the job of another stack, as when a stack is
 * replaced by one with another name, but not a job that no stack owns.
 *
 * @throws ValidationError, InvalidScheduleError, UnavailableError
 */
export function makeDeclareJob({ putJob }: { putJob: PutJob }): DeclareJob {
  return async (key, described, by) => {
    const owner = ownerOf(by);
    const { job } = await putJob(
      key,
      { ...described, owner },
      {
        by,
        mayReplace: (known) => {
          if (isStack(known.owner)) return;
          const message = `is the key of job ${known.id}, which no stack owns; choose another name, delete that job, or set its owner to "${owner}"`;
          throw new ValidationError([{ field: 'Name', message }]);
        },
      },
    );
    return job;
  };
}
