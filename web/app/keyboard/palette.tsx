import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { usePaletteEntries, type PaletteEntry } from './palette-entries.ts';
import * as styles from './palette.module.css';

/** Leads to screens, jobs and actions by a few letters. */
export const Palette = ({ onClose }: { onClose: () => void }) => {
  const [text, setText] = useState('');
  const [current, setCurrent] = useState(0);
  // Not deferred: Enter right after a letter would run an entry of the text before it.
  const { entries, isSearching } = usePaletteEntries(text);
  const id = useId();
  const shown = Math.min(current, Math.max(0, entries.length - 1));
  const currentId = `${id}-${shown}`;
  useEffect(() => {
    // Chromium answers with a promise, which React would take for the function that cleans up.
    document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setCurrent(Math.min(entries.length - 1, shown + 1));
    else if (event.key === 'ArrowUp') setCurrent(Math.max(0, shown - 1));
    else if (event.key === 'Enter') run(entries[shown]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Search jobs and screens"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={entries.length === 0 ? undefined : currentId}
        autoComplete="off"
        spellCheck={false}
        placeholder="A screen, an action, or three letters of a job"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setCurrent(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Found" className={styles.list}>
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === shown}
            className={styles.entry}
            onClick={() => run(entry)}
          >
            <span className={styles.label}>{entry.label}</span>
            <span className={styles.kind}>{entry.kind}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 && (
        <p className={styles.none}>
          {isSearching ? 'Searching …' : 'Nothing has this in its name, key or URL.'}
        </p>
      )}
    </Dialog>
  );
};
