import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '../../../api/api-error.ts';
import { api } from '../../../api/client.ts';
import { queryClient } from '../../../api/queries.ts';
import type { Job } from '../../../api/types.ts';
import { useRepeatKey } from '../../../api/use-repeat-key.ts';
import { BodyField } from '../../../components/body-field/body-field.tsx';
import { type BodyValue, readBody, toBodyValue } from '../../../components/body-field/body-value.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { tell } from '../../../components/toasts.tsx';
import * as styles from './dialogs.module.css';

/** Asks for a run now, with the body of the job or another one for this run. */
export const RunDialog = ({ job, onClose }: { job: Job; onClose: () => void }) => {
  const navigate = useNavigate();
  const [hasOwnBody, setOwnBody] = useState(false);
  const [body, setBody] = useState<BodyValue>(() => toBodyValue(job.body));
  const read = readBody(body);
  const mayHaveBody = job.method !== 'GET' && job.method !== 'HEAD';
  const repeatKey = useRepeatKey();
  const run = useMutation({
    mutationFn: () => {
      const own = hasOwnBody ? { body: { body: read.value ?? null } } : {};
      return api.post('/api/v1/jobs/{id}/run', { path: { id: job.id }, ...own, headers: repeatKey(own) });
    },
    onSuccess: async (execution) => {
      tell('Started', `Execution ${execution.id}`);
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
      await navigate({ to: '.', search: {} });
    },
  });
  const bodyError =
    run.error instanceof ApiError
      ? run.error.fields.find(({ field }) => field.startsWith('body'))?.message
      : undefined;
  return (
    <Dialog
      title="Run now"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={run.isPending || (hasOwnBody && read.error !== undefined)}
            onClick={() => run.mutate()}
          >
            Run
          </Button>
        </>
      }
    >
      {run.error !== null && <ErrorState title="The run did not start" error={run.error} />}
      <p>
        <code>
          {job.method} {job.api}
        </code>
      </p>
      <p className={styles.quiet}>
        The job gets one execution now, next to its schedule. A request that has left cannot be taken back.
      </p>
      {mayHaveBody && (
        <label className={styles.check}>
          <input type="checkbox" checked={hasOwnBody} onChange={({ target }) => setOwnBody(target.checked)} />
          Send another body, in this run only
        </label>
      )}
      {hasOwnBody && <BodyField value={body} onChange={setBody} error={read.error ?? bodyError} />}
    </Dialog>
  );
};
