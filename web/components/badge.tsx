import type { ReactNode } from 'react';
import * as styles from './badge.module.css';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

/** `plain` has no ground: for the state that most rows have. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'calm' | 'plain';

/** A state as an icon and a word. The colour only repeats what both say. */
export const Badge = ({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ReactNode }) => (
  <span className={classNames(styles.badge, styles[tone])}>
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </span>
);
