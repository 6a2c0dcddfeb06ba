import type { Job } from '../api/types.ts';
import { Banner } from './banner.tsx';

const STACK = 'stack:';

/** Says who manages a job. A job that a stack declares is put back by its next deployment. */
export const OwnerBanner = ({ job: { owner } }: { job: Job }) => {
  if (owner === null) return null;
  if (owner.startsWith(STACK)) {
    return (
      <Banner icon="failures">
        The stack “{owner.slice(STACK.length)}” declares this job. Its next deployment undoes changes that are
        made here: change the stack instead.
      </Banner>
    );
  }
  return (
    <Banner icon="failures">“{owner}” manages this job, and may undo changes that are made here.</Banner>
  );
};
