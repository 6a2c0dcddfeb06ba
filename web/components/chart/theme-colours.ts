import { useSyncExternalStore } from 'react';
import { usePreferences } from '../../base/preferences.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

/** Changes with the theme, so that a canvas is drawn again in its colours. */
export function useThemeName(): string {
  const isDark = useSyncExternalStore(subscribe, () => dark.matches);
  const { theme } = usePreferences();
  return theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
}

/** Reads tokens as colours of the current theme, because a canvas cannot use tokens. */
export function readColours(tokens: readonly string[]): string[] {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colours = tokens.map((token) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colours;
}
