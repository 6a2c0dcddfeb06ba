import type { Attempt } from '../../api/types.ts';
import { formatDuration } from '../../time/spans.ts';
import { useWidth } from '../use-width.ts';
import { phasesOf } from './phases.ts';
import * as styles from './waterfall.module.css';

const ROW = 22;
const BAR = 12;
const MAX_WIDTH = 700;
const LABELS = 72;
const FIGURES = 72;
/** The width of the shortest phase, so that it can be seen. */
const LEAST = 2;

/** Where the time of an attempt went. The figures stand next to the bars, so the picture needs no legend. */
export const Waterfall = ({ attempt }: { attempt: Attempt }) => {
  const phases = phasesOf(attempt);
  const { frame, width: room } = useWidth();
  const totalMs = attempt.durationMs ?? 0;
  if (phases.length === 0) return null;
  const all = Math.min(MAX_WIDTH, room);
  const right = Math.max(LABELS, all - FIGURES);
  const x = (ms: number) => LABELS + ((right - LABELS) * ms) / Math.max(totalMs, 0.001);
  const words = phases.map(({ name, fromMs, toMs }) => `${name} ${formatDuration(toMs - fromMs)}`).join(', ');
  return (
    <div ref={frame}>
      <svg
        className={styles.waterfall}
        width={all}
        height={phases.length * ROW}
        role="img"
        aria-label={words}
      >
        {phases.map(({ name, look, fromMs, toMs }, row) => {
          const width = Math.max(LEAST, x(toMs) - x(fromMs));
          const middle = row * ROW + ROW / 2;
          return (
            <g key={name}>
              <text x={0} y={middle} className={styles.label}>
                {name}
              </text>
              <line x1={LABELS} x2={right} y1={middle} y2={middle} className={styles.track} />
              <rect
                x={x(fromMs)}
                y={middle - BAR / 2}
                width={width}
                height={BAR}
                rx={2}
                className={styles[look]}
              />
              <text x={right + 8} y={middle} className={styles.figure}>
                {formatDuration(toMs - fromMs)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
};
