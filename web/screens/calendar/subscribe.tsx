import { Link } from '@tanstack/react-router';
import { apiRoot } from '../../api/root.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Command } from '../../components/command.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { Icon } from '../../components/icon.tsx';
import * as styles from './subscribe.module.css';

const address = `${new URL('calendar.ics', apiRoot).href}?token=KEY`;

/** Tells how a calendar program shows the upcoming executions. */
export const Subscribe = () => {
  const { isAdmin } = useScopes();
  return (
    <Disclosure
      label="Subscribe"
      button={
        <>
          <Icon name="calendar" />
          Subscribe
        </>
      }
    >
      <div className={styles.panel}>
        <p>
          Google Calendar, Outlook and Thunderbird show the runs of the next 30 days from this address. KEY is
          a key whose only scope is <code>calendar</code>: it shows names and times, and nothing else.
        </p>
        <Command text={address} />
        {isAdmin && (
          <p>
            <Link to="/keys" className={styles.link}>
              Create the key
            </Link>{' '}
            on the screen of keys, and revoke it there.
          </p>
        )}
      </div>
    </Disclosure>
  );
};
