import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { queryClient } from '../../../api/queries.ts';
import type { Job } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { ReasonField } from '../../../components/reason-field.tsx';
import { jobName } from '../../../components/job-name.ts';
import { Time } from '../../../components/time.tsx';
import { tell } from '../../../components/toasts.tsx';
import * as styles from './dialogs.module.css';

/** Asks before a job is deleted, and names its runs, secrets and history. */
export const DeleteDialog = ({ job, onClose }: { job: Job; onClose: () => void }) => {
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const remove = useMutation({
    mutationFn: () => api.delete('/api/v1/jobs/{id}', { path: { id: job.id }, reason }),
    onSuccess: async () => {
      tell(`Deleted “${jobName(job)}”`);
      await navigate({ to: '/jobs' });
      queryClient.removeQueries({ queryKey: ['jobs', 'one', job.id] });
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  return (
    <Dialog
      title={`Delete “${jobName(job)}”`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete the job
          </Button>
        </>
      }
    >
      {remove.error !== null && <ErrorState title="The job was not deleted" error={remove.error} />}
      <ul className={styles.list}>
        <li>The job and its schedule go. They cannot be restored.</li>
        {job.isActive && job.nextExecutionTime !== null && (
          <li>
            Its next run, <Time at={job.nextExecutionTime} jobZone={job.timeZone} />, and all later ones do
            not take place.
          </li>
        )}
        {Object.values(job.headers).includes('[secret]') && <li>Its secret headers go. No copy has them.</li>}
        <li>A request that is under way ends, and is not retried.</li>
        <li>The history stays until its retention ends.</li>
      </ul>
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
};
