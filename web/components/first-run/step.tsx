import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { Icon } from '../icon.tsx';
import * as styles from './first-run.module.css';

type Props = {
  number: number;
  title: string;
  state: 'open' | 'current' | 'done';
  children: ReactNode;
};

/** A step of the guide. It says by its mark whether it is done. */
export const Step = ({ number, title, state, children }: Props) => (
  <li className={styles.step} aria-current={state === 'current' ? 'step' : undefined}>
    <span className={classNames(styles.mark, styles[state])} aria-hidden="true">
      {state === 'done' ? <Icon name="success" /> : number}
    </span>
    <div className={styles.text}>
      <h3 className={styles.title}>
        {title}
        {state === 'done' && <span className={styles.hidden}>, done</span>}
      </h3>
      {children}
    </div>
  </li>
);
