import type { ReactNode } from 'react';
import { MarkShape } from './mark-shape.tsx';
import { type Mark, type MarkState, markStates } from './marks.ts';
import * as styles from './timeline.module.css';

const words: Record<MarkState, string> = {
  good: 'succeeded',
  bad: 'failed',
  busy: 'running or retrying',
  hollow: 'did not run',
  skipped: 'skipped',
  coming: 'upcoming',
};

/** The shapes that the drawing has, and no others. */
export const Legend = ({ marks, hasTails }: { marks: readonly Mark[]; hasTails: boolean }) => {
  const states = markStates.filter((state) => marks.some((mark) => mark.state === state));
  const hasManual = marks.some(({ isScheduled }) => !isScheduled);
  const isLate = marks.some(({ latenessMs }) => latenessMs !== null && latenessMs >= 1);
  return (
    <ul className={styles.legend}>
      {states.map((state) => (
        <li key={state}>
          <Sample>
            <MarkShape state={state} isScheduled reach={state === 'skipped' ? 4 : 0} />
          </Sample>
          {words[state]}
        </li>
      ))}
      {hasManual && (
        <li>
          <Sample>
            <MarkShape state="coming" isScheduled={false} />
          </Sample>
          by request
        </li>
      )}
      {hasTails && (
        <li>
          <Sample>
            <path className={styles.tail} d="M-6 0H6m0 -3.5v7" />
          </Sample>
          until its last retry
        </li>
      )}
      {isLate && (
        <li>
          <Sample>
            <path className={styles.whisker} d="M0 6v-12m-2.5 0h5" />
          </Sample>
          how late, on a scale of powers of ten
        </li>
      )}
    </ul>
  );
};

const Sample = ({ children }: { children: ReactNode }) => (
  <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
    {children}
  </svg>
);
