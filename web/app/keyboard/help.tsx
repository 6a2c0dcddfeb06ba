import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { Keys } from '../../components/keys.tsx';
import * as styles from './help.module.css';
import { activeShortcuts } from '../../base/shortcuts.ts';

/** The shortcuts that work on the current screen. */
export const Help = ({ onClose }: { onClose: () => void }) => {
  const [shortcuts] = useState(activeShortcuts);
  return (
    <Dialog title="Shortcuts" onClose={onClose}>
      <dl className={styles.list}>
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className={styles.row}>
            <dt>
              <Keys keys={keys} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};
