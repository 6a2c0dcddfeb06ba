import type { ReactNode } from 'react';
import { useEffect } from 'react';
import * as styles from './screen.module.css';

type Props = {
  title: string;
  /** One line under the title. */
  lead?: ReactNode;
  /** Buttons next to the title. */
  actions?: ReactNode;
  children: ReactNode;
};

/** The frame of a screen: its title, its actions and its content. */
export const Screen = ({ title, lead, actions, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · Belfry`;
  }, [title]);
  return (
    <main id="main" tabIndex={-1} className={styles.screen}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1>{title}</h1>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </main>
  );
};
