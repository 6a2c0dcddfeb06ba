import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { JobStats } from '../../../api/types.ts';
import { formatPower } from '../../../components/chart/axis-words.ts';
import { Chart } from '../../../components/chart/chart.tsx';
import { ChartGrid } from '../../../components/chart/chart-grid.tsx';
import { formatCount } from '../../../time/format.ts';
import { formatDuration } from '../../../time/spans.ts';
import { useZone } from '../../../time/zone.ts';
import { durationContent, latenessContent, outcomesContent } from './stats-content.ts';

/** The statistics of a job over time, with one cursor. A span that is drawn over opens its executions. */
export const StatsCharts = ({ jobId, stats }: { jobId: number; stats: JobStats }) => {
  const navigate = useNavigate();
  const zone = useZone();
  const [cursor, setCursor] = useState<number | null>(null);
  const { at, outcomes, duration, lateness } = useMemo(
    () => ({
      at: stats.points.map((point) => Date.parse(point.at)),
      outcomes: outcomesContent(stats),
      duration: durationContent(stats),
      lateness: latenessContent(stats),
    }),
    [stats],
  );
  const onSelect = (fromMs: number, untilMs: number) =>
    void navigate({
      to: '/executions',
      search: {
        job: String(jobId),
        since: new Date(fromMs).toISOString(),
        until: new Date(untilMs).toISOString(),
      },
    });
  const shared = { at, zone, cursor, onCursor: setCursor, onSelect };
  const times = { look: 'log', format: formatDuration, formatAxis: formatPower } as const;
  return (
    <ChartGrid count={3}>
      <Chart title="Outcomes" look="bars" format={formatCount} {...outcomes} {...shared} />
      <Chart title="Duration" {...times} {...duration} {...shared} />
      <Chart title="Lateness" {...times} {...lateness} {...shared} />
    </ChartGrid>
  );
};
