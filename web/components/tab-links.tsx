import { classNames } from './class-names.ts';
import * as styles from './tab-links.module.css';

type Props<Value extends string> = {
  label: string;
  tabs: readonly { value: Value; label: string }[];
  current: Value;
  onChange: (value: Value) => void;
};

/** The views of a screen. They are in the address, so they are buttons of a navigation and no tab list. */
export function TabLinks<Value extends string>({ label, tabs, current, onChange }: Props<Value>) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          className={classNames(styles.tab, tab.value === current && styles.current)}
          aria-current={tab.value === current ? 'page' : undefined}
          onClick={() => onChange(tab.value)}
        >
          {tab.label}
        </button>
      ))}
    </nav>
  );
}
