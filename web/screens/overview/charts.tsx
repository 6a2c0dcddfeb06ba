import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { formatPower, formatShare } from '../../components/chart/axis-words.ts';
import { Chart } from '../../components/chart/chart.tsx';
import { ChartGrid } from '../../components/chart/chart-grid.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { shareWords } from '../../components/share-words.ts';
import { formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import * as styles from './charts.module.css';
import { failuresContent } from './failures-content.ts';
import { formatRate, latenessContent, outcomesContent, queueContent } from './points.ts';
import { groupStatsQuery, statsQuery } from './queries.ts';
import { DEFAULT_SPAN, type Span, spanNames, spans } from './spans.ts';

const options = spanNames.map((value) => ({ value, label: spans[value].label }));

/** Outcomes, failures by group, lateness and the queue over one span, with one cursor. */
export const Charts = ({ span, zone }: { span: Span; zone: string }) => {
  const navigate = useNavigate();
  const stats = useQuery(statsQuery(span));
  const groups = useQuery(groupStatsQuery(span));
  const [cursor, setCursor] = useState<number | null>(null);
  const content = useMemo(() => {
    if (stats.data === undefined || groups.data === undefined) return undefined;
    const { words } = spans[span];
    return {
      at: stats.data.points.map(({ at }) => Date.parse(at)),
      groupsAt: groups.data.others.points.map(({ at }) => Date.parse(at)),
      outcomes: outcomesContent(stats.data, words),
      failures: failuresContent(groups.data, words),
      queue: queueContent(stats.data, words),
      lateness: latenessContent(stats.data, words),
    };
  }, [stats.data, groups.data, span]);
  const onSelect = (fromMs: number, untilMs: number) =>
    void navigate({
      to: '/executions',
      search: { since: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() },
    });
  const failed = [stats, groups].find(({ error }) => error !== null);
  const isGroup = (name: string) => groups.data?.groups.some(({ group }) => group === name) === true;
  const shared = { at: content?.at ?? [], zone, cursor, onCursor: setCursor, onSelect };
  return (
    <section className={styles.charts} aria-label="Charts">
      <Segmented
        label="Span of the charts"
        value={span}
        options={options}
        onChange={(value) =>
          void navigate({
            to: '/overview',
            search: value === DEFAULT_SPAN ? {} : { span: value },
            resetScroll: false,
          })
        }
      />
      {failed !== undefined && (
        <ErrorState
          title="The statistics could not be read"
          error={failed.error}
          onRetry={() => void failed.refetch()}
        />
      )}
      <ChartGrid count={4}>
        {content && (
          <>
            <Chart
              title="Outcomes a minute"
              look="bars"
              format={formatRate}
              {...content.outcomes}
              {...shared}
            />
            <Chart
              title="Failure share"
              look="shares"
              format={shareWords}
              formatAxis={formatShare}
              aside={<GroupsLink span={span} />}
              renderLabel={(label) => (isGroup(label) ? <GroupLink group={label} /> : label)}
              {...content.failures}
              {...shared}
              at={content.groupsAt}
            />
            <Chart
              title="Lateness"
              look="log"
              format={formatDuration}
              formatAxis={formatPower}
              {...content.lateness}
              {...shared}
            />
            <Chart title="Queue" look="lines" format={formatCount} {...content.queue} {...shared} />
          </>
        )}
      </ChartGrid>
    </section>
  );
};

const GroupLink = ({ group }: { group: string }) => (
  <Link to="/jobs" search={{ group }}>
    {group}
  </Link>
);

const GroupsLink = ({ span }: { span: Span }) => (
  <Link
    to="/groups"
    search={{ order: 'worst', ...(span !== DEFAULT_SPAN && { span }) }}
    className={styles.groups}
  >
    Groups
  </Link>
);
