import { Link, type LinkProps } from '@tanstack/react-router';
import * as styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

type Props = Pick<LinkProps, 'to' | 'params' | 'search'> & {
  look?: 'plain' | 'primary';
  icon: IconName;
  children: string;
};

/** A link that looks like a button: it leads to another screen, also in a new tab. */
export const ButtonLink = ({ look = 'plain', icon, children, ...link }: Props) => (
  <Link {...link} className={classNames(styles.button, styles[look])}>
    <Icon name={icon} />
    {children}
  </Link>
);
