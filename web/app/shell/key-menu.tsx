import { useSuspenseQuery } from '@tanstack/react-query';
import { ownKeyQuery } from '../../api/queries.ts';
import { signOut } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { Icon } from '../../components/icon.tsx';
import { openHelp } from '../keyboard/overlays.ts';
import { setPreferences, usePreferences } from '../../base/preferences.ts';
import * as styles from './key-menu.module.css';

/** The key of the session: its name, its scopes, and the way out. */
export const KeyMenu = () => {
  const { name, scopes } = useSuspenseQuery(ownKeyQuery).data;
  const { hasShortcuts } = usePreferences();
  return (
    <Disclosure
      label={`Key: ${name}`}
      button={
        <>
          <Icon name="keys" />
          <span className={styles.name}>{name}</span>
          <Icon name="down" />
        </>
      }
    >
      <p className={styles.about}>
        <strong>{name}</strong>
        <span>Scopes: {scopes.join(', ')}</span>
      </p>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={hasShortcuts}
          onChange={({ target }) => setPreferences({ hasShortcuts: target.checked })}
        />
        Letters are shortcuts
      </label>
      <Button look="quiet" icon="more" className={styles.item} onClick={openHelp}>
        Show the shortcuts
      </Button>
      <Button look="quiet" icon="out" className={styles.item} onClick={() => signOut()}>
        Sign out
      </Button>
    </Disclosure>
  );
};
