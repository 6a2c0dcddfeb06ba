import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ownKeyQuery } from '../../api/queries.ts';
import { apiRoot } from '../../api/root.ts';
import { Icon } from '../../components/icon.tsx';
import { DeploymentBadge } from './deployment-badge.tsx';
import * as styles from './nav.module.css';
import { useNav } from './use-nav.ts';

/** The navigation: at the left, and on a narrow page at the top. */
export const Nav = () => {
  const entries = useNav();
  const { deployment } = useSuspenseQuery(ownKeyQuery).data;
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const place = entries.findIndex(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  useEffect(() => {
    // On a narrow page the entries are a line that scrolls. The page itself does not move.
    const current = nav.current?.children[place];
    if (nav.current === null || !(current instanceof HTMLElement)) return;
    nav.current.scrollLeft = current.offsetLeft - nav.current.offsetLeft;
  }, [place]);
  return (
    <header className={styles.side}>
      <div className={styles.brand}>
        <Link to="/" className={styles.name}>
          <Icon name="bell" />
          Belfry
        </Link>
        <DeploymentBadge name={deployment} />
      </div>
      <nav ref={nav} className={styles.nav} aria-label="Screens">
        {entries.map(({ to, label, icon }) => (
          <Link key={to} to={to} className={styles.entry} activeProps={{ className: styles.current }}>
            <Icon name={icon} />
            {label}
          </Link>
        ))}
        <a href={new URL('docs', apiRoot).pathname} className={styles.entry}>
          <Icon name="docs" />
          API docs
        </a>
      </nav>
    </header>
  );
};
