import type { Scale } from './scale.ts';
import { makeTicks } from './ticks.ts';
import * as styles from './timeline.module.css';

type Props = {
  scale: Scale;
  zone: string;
  y: number;
  /** Where the labels are: above or below the line. */
  side: 'above' | 'below';
  nowX: number;
};

const APART = 64;
const TICK = 5;
/** Labels this close to the present give way to its label. */
const CLEAR = 34;

/** Round times of a zone's clock. */
export const Ruler = ({ scale, zone, y, side, nowX }: Props) => {
  const out = side === 'above' ? -1 : 1;
  return (
    <g className={styles.ruler}>
      {scale.segments.map((segment) => (
        <g key={segment.left}>
          <line x1={segment.left} x2={segment.right} y1={y} y2={y} />
          {makeTicks(segment, zone, APART).map(({ atMs, label, isDay }) => {
            const x = scale.x(atMs);
            const isClear = Math.abs(x - nowX) > CLEAR && x - segment.left > 8 && segment.right - x > 8;
            return (
              <g key={atMs} className={isDay ? styles.day : undefined}>
                <line x1={x} x2={x} y1={y} y2={y + out * TICK} />
                {isClear && (
                  <text
                    x={x}
                    y={y + out * (TICK + 5)}
                    dominantBaseline={side === 'above' ? 'auto' : 'hanging'}
                  >
                    {label}
                  </text>
                )}
              </g>
            );
          })}
        </g>
      ))}
    </g>
  );
};
