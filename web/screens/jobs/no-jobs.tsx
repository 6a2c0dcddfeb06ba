import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ownKeyQuery } from '../../api/queries.ts';
import { apiRoot } from '../../api/root.ts';
import { Button } from '../../components/button.tsx';
import { Command } from '../../components/command.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import * as styles from './no-jobs.module.css';

/** The run on one machine answers its own jobs. Elsewhere, a person puts in a URL. */
const targetOf = (deployment: string | null): string =>
  deployment === null ? new URL('_local/echo', apiRoot).href : 'https://example.com/hello';

const exampleFor = (target: string): string => `curl -s ${new URL('api/v1/jobs', apiRoot).href} \\
  -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  -d '{"name": "hello", "schedule": "@every 10s", "api": "${target}"}'`;

type Props = {
  isFiltered: boolean;
  onClear: () => void;
  /** Given where finished jobs are hidden. */
  onShowFinished: (() => void) | undefined;
};

/** An empty list: either nothing fits the filter, or there is no job yet. */
export const NoJobs = ({ isFiltered, onClear, onShowFinished }: Props) => {
  const { deployment } = useSuspenseQuery(ownKeyQuery).data;
  const showFinished = onShowFinished && <Button onClick={onShowFinished}>Show finished jobs</Button>;
  if (isFiltered) {
    return (
      <EmptyState icon="search" title="No job fits the filter">
        <Button onClick={onClear}>Clear the filter</Button>
        {showFinished}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="jobs"
      title={
        onShowFinished === undefined ? 'There is no job yet' : 'There is no job that is active or paused'
      }
    >
      <ol className={styles.steps}>
        <li>
          Create a job: by <Link to="/jobs/new">the form</Link>, or with this command. <code>$KEY</code> is
          your API key.
          <Command text={exampleFor(targetOf(deployment))} />
        </li>
        <li>It shows here within seconds, with its next run.</li>
        <li>
          Ten seconds later it has run: see the <Link to="/executions">executions</Link>.
        </li>
      </ol>
      {showFinished}
    </EmptyState>
  );
};
