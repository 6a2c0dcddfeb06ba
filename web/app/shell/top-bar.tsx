import { Button } from '../../components/button.tsx';
import { SEARCH_KEYS } from '../../base/shortcuts.ts';
import { openPalette } from '../keyboard/overlays.ts';
import { KeyMenu } from './key-menu.tsx';
import { RefreshChoice } from './refresh-choice.tsx';
import { ThemeButton } from './theme-button.tsx';
import * as styles from './top-bar.module.css';
import { ZoneChoice } from './zone-choice.tsx';

export const TopBar = () => (
  <section className={styles.bar} aria-label="Tools">
    <Button look="quiet" icon="search" className={styles.search} onClick={openPalette}>
      <span>Search</span>
      <kbd className={styles.key}>{SEARCH_KEYS}</kbd>
    </Button>
    <div className={styles.tools}>
      <RefreshChoice />
      <ZoneChoice />
      <ThemeButton />
      <KeyMenu />
    </div>
  </section>
);
