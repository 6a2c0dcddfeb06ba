import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import * as styles from './icon-button.module.css';
import { Icon, type IconName } from './icon.tsx';

type Props = Omit<ComponentProps<'button'>, 'type' | 'aria-label'> & { icon: IconName; label: string };

/** A button with an icon alone. Its label is its name, and shows when the pointer rests on it. */
export const IconButton = ({ icon, label, className, ...rest }: Props) => (
  <button
    {...rest}
    type="button"
    aria-label={label}
    title={label}
    className={classNames(styles.button, className)}
  >
    <Icon name={icon} />
  </button>
);
