import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Chart } from '../../components/chart/chart.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import * as styles from './charts.module.css';
import { formatPower, formatRate, latenessContent, outcomesContent, queueContent } from './points.ts';
import { statsQuery } from './queries.ts';
import { DEFAULT_SPAN, type Span, spanNames, spans } from './spans.ts';

const options = spanNames.map((value) => ({ value, label: spans[value].label }));

/** Outcomes, queue and lateness over one span, with one cursor. */
export const Charts = ({ span, zone }: { span: Span; zone: string }) => {
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(statsQuery(span));
  const [cursor, setCursor] = useState<number | null>(null);
  const content = useMemo(() => {
    if (data === undefined) return undefined;
    const { words } = spans[span];
    return {
      at: data.points.map(({ at }) => Date.parse(at)),
      outcomes: outcomesContent(data, words),
      queue: queueContent(data, words),
      lateness: latenessContent(data, words),
    };
  }, [data, span]);
  const onSelect = (fromMs: number, untilMs: number) =>
    void navigate({
      to: '/executions',
      search: { since: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() },
    });
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
      {error !== null && (
        <ErrorState title="The statistics could not be read" error={error} onRetry={() => void refetch()} />
      )}
      <div className={styles.list} aria-busy={content === undefined}>
        {content === undefined ? (
          <>
            <div className={styles.waiting} />
            <div className={styles.waiting} />
            <div className={styles.waiting} />
          </>
        ) : (
          <>
            <Chart
              title="Outcomes a minute"
              look="bars"
              format={formatRate}
              {...content.outcomes}
              {...shared}
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
      </div>
    </section>
  );
};
