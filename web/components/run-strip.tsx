import type { RecentRun } from '../api/types.ts';
import { countOf } from '../time/format.ts';
import { formatDuration } from '../time/spans.ts';
import * as styles from './run-strip.module.css';

export const STRIP_RUNS = 30;
const STEP = 4;
const BAR = 3;
const HEIGHT = 20;
/** The height of the shortest run. */
const LEAST = 4;

type Look = 'good' | 'bad' | 'busy' | 'calm' | 'skipped';
const looks: Record<RecentRun['status'], Look> = {
  SUCCESS: 'good',
  FAILED: 'bad',
  RUNNING: 'busy',
  RETRYING: 'busy',
  SCHEDULED: 'calm',
  CANCELLED: 'calm',
  SKIPPED: 'skipped',
};

/** Durations differ by powers of ten. Cube roots keep short ones visible next to long ones. */
const heightOf = (durationMs: number | null, longestMs: number): number =>
  LEAST + (HEIGHT - LEAST - 5) * Math.cbrt((durationMs ?? 0) / Math.max(1, longestMs));

function describe(all: readonly RecentRun[]): string {
  const runs = all.filter(({ status }) => status !== 'SKIPPED');
  if (runs.length === 0) return 'Missed occurrences were skipped';
  const failed = runs.filter(({ status }) => status === 'FAILED').length;
  const last = runs[0]?.durationMs;
  const lastWords = last === null || last === undefined ? '' : `; the last took ${formatDuration(last)}`;
  const skippedWords = runs.length < all.length ? '; missed occurrences were skipped' : '';
  return `${runs.length === 1 ? '1 run' : `Last ${countOf(runs.length, 'run')}`}: ${failed === 0 ? 'none failed' : `${failed} failed`}${lastWords}${skippedWords}`;
}

/** The last runs, the latest at the right: the height is the duration, colour and shape are the outcome. */
export const RunStrip = ({ runs }: { runs: readonly RecentRun[] }) => {
  if (runs.length === 0) return <span className={styles.none}>No run yet</span>;
  const longestMs = Math.max(...runs.map(({ durationMs }) => durationMs ?? 0));
  const shown = runs.slice(0, STRIP_RUNS).reverse();
  const words = describe(runs);
  return (
    <svg
      className={styles.strip}
      viewBox={`0 0 ${STRIP_RUNS * STEP} ${HEIGHT}`}
      width={STRIP_RUNS * STEP}
      height={HEIGHT}
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {shown.map(({ executionId, status, durationMs }, index) => {
        const x = index * STEP;
        const height = heightOf(durationMs, longestMs);
        const look = looks[status];
        return (
          <g key={executionId} className={styles[look]}>
            <rect x={x} y={HEIGHT - height} width={BAR} height={height} rx={1} />
            {look === 'bad' && <circle cx={x + BAR / 2} cy={HEIGHT - height - 3} r={1.5} />}
          </g>
        );
      })}
    </svg>
  );
};
