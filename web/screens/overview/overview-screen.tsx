import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { loadQuery } from '../../api/load.ts';
import { useRefresh } from '../../api/queries.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { FirstRun } from '../../components/first-run/first-run.tsx';
import { useGuide } from '../../components/first-run/guide.ts';
import { Screen } from '../../components/screen.tsx';
import { useZone } from '../../time/zone.ts';
import { Charts } from './charts.tsx';
import { FailingJobs } from './failing-jobs.tsx';
import { HeadlineLine } from './headline-line.tsx';
import { NextRuns } from './next-runs.tsx';
import * as styles from './overview-screen.module.css';
import { failingQuery, nextRunsQuery, queueQuery, slowHostsQuery, statsQuery } from './queries.ts';
import { SlowHosts } from './slow-hosts.tsx';
import { DEFAULT_SPAN } from './spans.ts';
import { Tiles } from './tiles.tsx';

const route = getRouteApi('/overview');

/** Whether executions are on time, and whether anything is broken. */
export const OverviewScreen = () => {
  const { span = DEFAULT_SPAN } = route.useSearch();
  const zone = useZone();
  const refresh = useRefresh();
  const hour = useQuery(statsQuery('1h'));
  const day = useQuery(statsQuery('24h'));
  const queue = useQuery({ ...queueQuery, ...refresh });
  const failing = useQuery({ ...failingQuery, ...refresh });
  const next = useQuery({ ...nextRunsQuery, ...refresh });
  const load = useQuery(loadQuery({}));
  const hosts = useQuery({ ...slowHostsQuery, ...refresh });
  const guide = useGuide(next.data?.items.length === 0);
  const failed = [queue, failing, next, load, hosts].find(({ error }) => error !== null);
  return (
    <Screen title="Overview">
      {guide !== undefined && <FirstRun {...guide} />}
      {guide?.job !== null && (
        <>
          <HeadlineLine
            zone={zone}
            hour={hour.data}
            queue={queue.data}
            failing={failing.data?.counted}
            load={load.data}
          />
          {failed !== undefined && (
            <ErrorState
              title="Some numbers could not be read"
              error={failed.error}
              onRetry={() => void failed.refetch()}
            />
          )}
          <Tiles
            queue={queue.data}
            day={day.data}
            failing={failing.data?.counted}
            paused={failing.data?.paused}
          />
          <Charts span={span} zone={zone} />
          <div className={styles.lists}>
            <div className={styles.stack}>
              <FailingJobs jobs={failing.data?.items} counted={failing.data?.counted} />
              <SlowHosts hosts={hosts.data?.items} />
            </div>
            <NextRuns runs={next.data?.items} />
          </div>
        </>
      )}
    </Screen>
  );
};
