import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { NewJob } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { AttemptPanel } from '../../../components/attempt/attempt-panel.tsx';
import { RequestView } from '../../../components/request/request-view.tsx';
import { sentHeaders } from '../../../components/request/sent-request.ts';
import { RunInstead } from './run-instead.tsx';
import { runTest, type TestRun } from './run-test.ts';
import * as styles from './test-run-dialog.module.css';

type Props = {
  job: NewJob;
  /** The job whose fields the form began with. */
  copyOf: number | undefined;
  onClose: () => void;
};

/** Sends the request of the form once, and shows the whole exchange. */
export const TestRunDialog = ({ job, copyOf, onClose }: Props) => {
  const [left] = useState(() => new AbortController());
  useEffect(() => () => left.abort(), [left]);
  const { mutate, data, error, isPending } = useMutation({ mutationFn: () => runTest(job, left.signal) });
  return (
    <Dialog
      title="Test run"
      isWide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" disabled={isPending} onClick={() => mutate()}>
            {data === undefined ? 'Send the request' : 'Send it again'}
          </Button>
        </>
      }
    >
      {data === undefined && (
        <p>
          <code>
            {job.method ?? 'POST'} {job.api}
          </code>
        </p>
      )}
      <p>
        The target gets a real request. Belfry creates a paused job, runs it once without retries, and deletes
        it. The history and the audit log keep that, and a failure is reported as usual.
      </p>
      {copyOf !== undefined && lacksSecret(job) && <RunInstead jobId={copyOf} />}
      {error !== null && <ErrorState title="The test did not run" error={error} />}
      <div aria-live="polite" aria-busy={isPending}>
        {isPending && <p>Waiting for the answer …</p>}
        {data !== undefined && <Exchange {...data} />}
      </div>
    </Dialog>
  );
};

/** The request as it was sent, and the answer. */
const Exchange = ({ job, execution }: TestRun) => (
  <div className={styles.exchange}>
    <p className={styles.outcome}>
      <StatusBadge status={execution.status} />
      <Link to="/executions/$id" params={{ id: String(execution.id) }}>
        Execution {execution.id}
      </Link>
    </p>
    <RequestView request={job} headers={sentHeaders(job, execution)} />
    {execution.attempts.map((attempt) => (
      <AttemptPanel key={attempt.number} attempt={attempt} isOpen />
    ))}
  </div>
);

/** A copy of a job has the names of its secret headers without their values. */
const lacksSecret = ({ headers = {}, secretHeaders = [] }: NewJob): boolean =>
  secretHeaders.some((name) => headers[name] === '');
