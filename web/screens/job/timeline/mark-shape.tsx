import type { PlacedMark } from './layout.ts';
import * as styles from './timeline.module.css';

const RADIUS = 4.5;
const diamond = (size: number): string => `M0 ${-size}L${size} 0 0 ${size}${-size} 0Z`;
const CROSS = 'M-3.6 -3.6 3.6 3.6M3.6 -3.6-3.6 3.6';
const SLASH = 'M-5.5 5.5 5.5 -5.5';

/** A circle for an occurrence, a diamond for a run that someone asked for. Shape and colour both tell the outcome. */
export const MarkShape = ({ state, isScheduled }: Pick<PlacedMark, 'state' | 'isScheduled'>) => {
  const outline = isScheduled ? <circle r={RADIUS} /> : <path d={diamond(RADIUS + 1.5)} />;
  return (
    <g className={styles[state]}>
      {outline}
      {state === 'bad' && <path className={styles.cross} d={CROSS} />}
      {state === 'busy' && <circle className={styles.core} r={1.8} />}
      {state === 'hollow' && <path d={SLASH} />}
    </g>
  );
};
