import { Link } from '@tanstack/react-router';
import type { FailureDetails, NamedJob } from '../../api/types.ts';
import { CauseBadge } from '../../components/cause-badge.tsx';
import { DayBars } from '../../components/day-bars.tsx';
import { Facts } from '../../components/facts.tsx';
import { jobName } from '../../components/job-name.ts';
import { FailureStateBadge } from '../../components/failure-state-badge.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../time/format.ts';
import * as styles from './failure-screen.module.css';

type Props = {
  group: FailureDetails;
  /** The job of the sample; undefined while its name is read. */
  sampleJob: NamedJob | undefined;
};

/** What is known of a cause, with one of its executions. */
export const FailureFacts = ({ group, sampleJob }: Props) => {
  const { executionId } = group.sample;
  return (
    <Panel
      title="Cause"
      aside={
        <Link to="/executions" search={{ status: 'FAILED', host: hostOf(group) }} className={styles.link}>
          All failures of the host
        </Link>
      }
    >
      <Facts
        facts={[
          ['Cause', <CauseBadge key="cause" group={group} />],
          ['State', <StateFact key="state" group={group} />],
          ['Last 14 days', <DayBars key="days" days={group.days} />],
          ['Failed executions', formatCount(group.executions)],
          ['Jobs', formatCount(group.jobs)],
          ['First failure', <Time key="first" at={group.firstFailedAt} />],
          ['Last failure', <Time key="last" at={group.lastFailedAt} />],
          [
            'Sample',
            <Link
              key="sample"
              to="/executions/$id"
              params={{ id: String(executionId) }}
              className={styles.sample}
              title={sampleJob && jobName(sampleJob)}
            >
              <span>Execution {executionId}</span>{' '}
              <span>{sampleJob === undefined ? '\u00a0' : `of ${jobName(sampleJob)}`}</span>
            </Link>,
            'wide',
          ],
        ]}
      />
    </Panel>
  );
};

/** The state with the instant that matters: when it ends, or when it was set. */
const StateFact = ({ group }: { group: FailureDetails }) => {
  const { ignoredUntil, resolvedAt } = group;
  return (
    <>
      <FailureStateBadge group={group} />{' '}
      {ignoredUntil !== null && (
        <>
          ends <Time at={ignoredUntil} />
        </>
      )}
      {resolvedAt !== null && (
        <>
          <Time at={resolvedAt} />
        </>
      )}
    </>
  );
};

/** The filter of executions knows hosts without ports. */
const hostOf = ({ host }: FailureDetails): string => host.replace(/:\d+$/, '');
