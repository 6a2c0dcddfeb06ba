import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { readAgain } from '../../../api/queries.ts';
import type { Job } from '../../../api/types.ts';
import { useScopes } from '../../../api/use-scopes.ts';
import { buttonLook } from '../../../components/button-look.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { tell, tellFailure } from '../../../components/toasts.tsx';
import { CopyDialog } from './copy-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { RunDialog } from './run-dialog.tsx';

type Opened = 'run' | 'delete' | 'copy' | undefined;

/** What can be done with a job. A key without the scope sees only the copies. */
export const JobActions = ({ job, opensWith }: { job: Job; opensWith: Opened }) => {
  const { canWrite } = useScopes();
  const [opened, setOpened] = useState<Opened>(opensWith);
  const close = () => setOpened(undefined);
  const id = String(job.id);
  const turn = useMutation({
    mutationFn: (action: 'pause' | 'resume') =>
      action === 'pause'
        ? api.post('/api/v1/jobs/{id}/pause', { path: { id: job.id } })
        : api.post('/api/v1/jobs/{id}/resume', { path: { id: job.id } }),
    onSuccess: (_, action) => tell(action === 'pause' ? 'Paused' : 'Resumed'),
    onError: (error, action) => tellFailure(`The job was not ${action}d`, error),
    onSettled: readAgain,
  });
  return (
    <>
      {canWrite && (
        <>
          <Button look="primary" icon="running" onClick={() => setOpened('run')}>
            Run now
          </Button>
          <Button
            icon="paused"
            disabled={!job.isActive || turn.isPending}
            onClick={() => turn.mutate('pause')}
          >
            Pause
          </Button>
          <Button
            icon="retrying"
            disabled={job.isActive || turn.isPending}
            onClick={() => turn.mutate('resume')}
          >
            Resume
          </Button>
          <Link to="/jobs/$id/edit" params={{ id }} className={buttonLook()}>
            <Icon name="edit" />
            Edit
          </Link>
          <Link to="/jobs/new" search={{ from: id }} className={buttonLook()}>
            <Icon name="plus" />
            Duplicate
          </Link>
        </>
      )}
      <Button icon="copy" onClick={() => setOpened('copy')}>
        Copy as …
      </Button>
      {canWrite && (
        <Button icon="trash" onClick={() => setOpened('delete')}>
          Delete
        </Button>
      )}
      {canWrite && opened === 'run' && <RunDialog job={job} onClose={close} />}
      {opened === 'delete' && <DeleteDialog job={job} onClose={close} />}
      {opened === 'copy' && <CopyDialog job={job} onClose={close} />}
    </>
  );
};
