import { type ReactNode, useId } from 'react';
import * as styles from './panel.module.css';

type Props = { title: string; aside?: ReactNode; children: ReactNode };

/** A titled part of a screen. */
export const Panel = ({ title, aside, children }: Props) => {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
};
