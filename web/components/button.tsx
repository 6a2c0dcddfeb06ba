import type { ComponentProps } from 'react';
import * as styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

type Props = Omit<ComponentProps<'button'>, 'type'> & {
  type?: 'button' | 'submit';
  /** `primary` for the one action that a screen is about, `danger` for what cannot be undone. */
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  icon?: IconName;
};

export const Button = ({ look = 'plain', icon, className, children, type = 'button', ...rest }: Props) => (
  // oxlint-disable-next-line react/button-has-type -- it has one of two
  <button {...rest} type={type} className={classNames(styles.button, styles[look], className)}>
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </button>
);
