import { useEffect } from 'react';
import type { Suggestion } from './suggestions.ts';
import * as styles from './token-filter.module.css';

type Props = {
  id: string;
  suggestions: readonly Suggestion[];
  current: number;
  onPick: (suggestion: Suggestion) => void;
};

/** The list below the box. The box keeps the focus, and says which entry is the current one. */
export const SuggestionList = ({ id, suggestions, current, onPick }: Props) => {
  const currentId = `${id}-${current}`;
  useEffect(() => {
    // Chromium answers with a promise, which React would take for the function that cleans up.
    document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  return (
    <ul id={id} role="listbox" aria-label="Conditions" className={styles.list}>
      {suggestions.map((suggestion, index) => (
        <li
          key={suggestion.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          className={styles.option}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(suggestion)}
        >
          <span>{suggestion.label}</span>
          <span className={styles.does}>{suggestion.does}</span>
        </li>
      ))}
    </ul>
  );
};
