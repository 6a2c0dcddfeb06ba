import { makeRuler } from './ruler-labels.ts';
import type { Scale } from './scale.ts';
import * as styles from './timeline.module.css';

type Props = {
  scale: Scale;
  zone: string;
  y: number;
  /** Where the labels are: above or below the line. The one above names the present. */
  side: 'above' | 'below';
  nowMs: number;
  width: number;
};

const TICK = 5;
const looks = { plain: undefined, day: styles.day, now: styles.now } as const;

/** Times of a zone's clock. */
export const Ruler = ({ scale, zone, y, side, nowMs, width }: Props) => {
  const out = side === 'above' ? -1 : 1;
  const { marks, labels } = makeRuler({ scale, zone, nowMs, width, hasNow: side === 'above' });
  return (
    <g className={styles.ruler} data-ruler={side}>
      {scale.segments.map(({ left, right }) => (
        <line key={left} x1={left} x2={right} y1={y} y2={y} />
      ))}
      {marks.map(({ x, isDay }) => (
        <line key={x} className={isDay ? styles.day : undefined} x1={x} x2={x} y1={y} y2={y + out * TICK} />
      ))}
      {labels.map(({ x, text, look }) => (
        <text
          key={x}
          className={looks[look]}
          x={x}
          y={y + out * (TICK + 5)}
          dominantBaseline={side === 'above' ? 'auto' : 'hanging'}
        >
          {text}
        </text>
      ))}
    </g>
  );
};
