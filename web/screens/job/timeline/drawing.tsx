import type { ChangeMark } from './change-marks.ts';
import { edgesOf, placeMarks, scaleOf } from './layout.ts';
import { MarkShape } from './mark-shape.tsx';
import type { Mark } from './marks.ts';
import { Ruler } from './ruler.tsx';
import * as styles from './timeline.module.css';

type Props = {
  marks: readonly Mark[];
  changes: readonly ChangeMark[];
  endMs: number | undefined;
  nowMs: number;
  jobZone: string;
  viewerZone: string;
  width: number;
  onPoint: (mark: Mark | undefined) => void;
  onOpen: (executionId: number) => void;
};

const TOP = 34;
const LANE = TOP + 46;
const ROW = 13;
const BELOW_LANE = 20;
const LABELS = 22;

/** The drawing alone. Readers of the screen have the table, so it is hidden from them. */
export const Drawing = ({
  marks,
  changes,
  endMs,
  nowMs,
  jobZone,
  viewerZone,
  width,
  onPoint,
  onOpen,
}: Props) => {
  const scale = scaleOf(marks, nowMs, edgesOf(width));
  const placed = placeMarks(marks, scale.x);
  const rows = Math.max(0, ...placed.map(({ row }) => row));
  const bottom = LANE + rows * ROW + BELOW_LANE;
  const nowX = scale.x(nowMs);
  return (
    <svg
      className={styles.drawing}
      width={width}
      height={bottom + LABELS}
      viewBox={`0 0 ${width} ${bottom + LABELS}`}
      aria-hidden="true"
      onPointerLeave={() => onPoint(undefined)}
    >
      <Ruler scale={scale} zone={jobZone} y={TOP} side="above" nowMs={nowMs} width={width} />
      {viewerZone !== jobZone && (
        <Ruler scale={scale} zone={viewerZone} y={bottom} side="below" nowMs={nowMs} width={width} />
      )}
      <line className={styles.lane} x1={edgesOf(width).left} x2={edgesOf(width).right} y1={LANE} y2={LANE} />
      {changes.map(({ atMs, zone, label, isOfJob }) => (
        <g key={`${zone} ${atMs}`} className={styles.change}>
          <line x1={scale.x(atMs)} x2={scale.x(atMs)} y1={TOP} y2={bottom} />
          <text x={scale.x(atMs) + 4} y={isOfJob ? TOP + 11 : bottom - 5}>
            {label}
          </text>
        </g>
      ))}
      <line className={styles.present} x1={nowX} x2={nowX} y1={TOP - 8} y2={bottom} />
      {endMs !== undefined && (
        <path className={styles.end} d={`M${scale.x(endMs) + 9} ${LANE - 9}v18m3 -18v18`} />
      )}
      {placed.map((mark) => (
        <g
          key={mark.key}
          className={mark.executionId === null ? undefined : styles.link}
          transform={`translate(${mark.x} ${LANE + mark.row * ROW})`}
          onPointerEnter={() => onPoint(mark)}
          onClick={() => mark.executionId !== null && onOpen(mark.executionId)}
        >
          <rect
            className={styles.reach}
            x={-mark.reach - 9}
            y={-9}
            width={mark.reach + mark.tail + 18}
            height={18}
            rx={9}
          />
          {mark.whisker > 0 && <path className={styles.whisker} d={`M0 -6v${-mark.whisker}m-2.5 0h5`} />}
          <MarkShape {...mark} />
        </g>
      ))}
    </svg>
  );
};
