import { Link } from '@tanstack/react-router';
import { useJobNames } from '../../api/summaries.ts';
import type { FailureGroup } from '../../api/types.ts';
import { CauseBadge } from '../../components/cause-badge.tsx';
import { Facts } from '../../components/facts.tsx';
import { jobName } from '../../components/job-name.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import * as styles from './failure-screen.module.css';

/** What is known of a cause, with one of its executions. */
export const FailureFacts = ({ group }: { group: FailureGroup }) => {
  const { executionId, jobId } = group.sample;
  const job = useJobNames([jobId]).get(jobId);
  return (
    <Panel title="Cause">
      <Facts
        facts={[
          ['Cause', <CauseBadge key="cause" group={group} />],
          ['Failed executions', group.executions.toLocaleString('en-US')],
          ['Jobs', group.jobs.toLocaleString('en-US')],
          ['First failure', <Time key="first" at={group.firstFailedAt} />],
          ['Last failure', <Time key="last" at={group.lastFailedAt} />],
          [
            'Sample',
            <Link
              key="sample"
              to="/executions/$id"
              params={{ id: String(executionId) }}
              className={styles.link}
            >
              Execution {executionId}
              {job !== undefined && ` of ${jobName(job)}`}
            </Link>,
          ],
        ]}
      />
    </Panel>
  );
};
