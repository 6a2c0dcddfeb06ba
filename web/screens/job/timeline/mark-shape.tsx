import { LEAST_TAIL, type PlacedMark } from './layout.ts';
import * as styles from './timeline.module.css';

const RADIUS = 4.5;
const diamond = (size: number): string => `M0 ${-size}L${size} 0 0 ${size}${-size} 0Z`;
const CROSS = 'M-3.6 -3.6 3.6 3.6M3.6 -3.6-3.6 3.6';
const SLASH = 'M-5.5 5.5 5.5 -5.5';

type Props = Pick<PlacedMark, 'state' | 'isScheduled'> & Partial<Pick<PlacedMark, 'reach' | 'tail'>>;

/**
 * A circle for an occurrence, a diamond for a run that someone asked for, a bar from the first to the last of several occurrences.
 * A line leads to the next or the last retry, where it is long enough to be seen. Shape and colour both tell the outcome.
 */
export const MarkShape = ({ state, isScheduled, reach = 0, tail = 0 }: Props) => {
  const size = 2 * RADIUS;
  const bar = <rect x={-reach - RADIUS} y={-RADIUS} width={reach + size} height={size} rx={RADIUS} />;
  const single = isScheduled ? <circle r={RADIUS} /> : <path d={diamond(RADIUS + 1.5)} />;
  const outline = state === 'skipped' ? bar : single;
  return (
    <g className={styles[state]}>
      {tail > LEAST_TAIL && <path className={styles.tail} d={`M${RADIUS} 0H${tail}m0 -3.5v7`} />}
      {outline}
      {state === 'bad' && <path className={styles.cross} d={CROSS} />}
      {state === 'busy' && <circle className={styles.core} r={1.8} />}
      {state === 'hollow' && <path d={SLASH} />}
    </g>
  );
};
