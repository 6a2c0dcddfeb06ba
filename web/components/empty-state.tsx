import type { ReactNode } from 'react';
import * as styles from './empty-state.module.css';
import { Icon, type IconName } from './icon.tsx';

type Props = {
  icon: IconName;
  title: string;
  /** The next step. */
  children?: ReactNode;
};

/** Says that there is nothing, and what to do next. */
export const EmptyState = ({ icon, title, children }: Props) => (
  <div className={styles.empty}>
    <Icon name={icon} />
    <h2>{title}</h2>
    {children}
  </div>
);
