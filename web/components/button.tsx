import type { ComponentProps, MouseEvent } from 'react';
import * as styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

type Props = Omit<ComponentProps<'button'>, 'type' | 'aria-disabled'> & {
  type?: 'button' | 'submit';
  /** `primary` for the one action that a screen is about, `danger` for what cannot be undone. */
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  icon?: IconName;
};

/**
 * A button that does nothing while it is disabled. It keeps the focus then: a browser takes the focus from a button with the
 * attribute `disabled`, so that a person at the keyboard starts again at the top of the page after each action.
 */
export const Button = ({
  look = 'plain',
  icon,
  className,
  children,
  type = 'button',
  disabled = false,
  onClick,
  ...rest
}: Props) => {
  const act = (event: MouseEvent<HTMLButtonElement>) => {
    // The click of a button that submits would send the form, also when it comes from Enter in a field.
    if (disabled) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type -- it has one of two
      type={type}
      aria-disabled={disabled || undefined}
      onClick={act}
      className={classNames(styles.button, styles[look], className)}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
};
