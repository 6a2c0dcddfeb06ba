import type { ReactNode } from 'react';
import * as styles from './banner.module.css';
import { Icon, type IconName } from './icon.tsx';

/** Something to know before acting on what a screen shows. */
export const Banner = ({ icon, children }: { icon: IconName; children: ReactNode }) => (
  <div className={styles.banner} role="note">
    <Icon name={icon} />
    <div>{children}</div>
  </div>
);
