import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { readAgain } from '../../api/queries.ts';
import { closeOverlay, openHelp, openPalette, useOverlay } from '../keyboard/overlays.ts';
import { SEARCH_KEYS, useShortcuts } from '../../base/shortcuts.ts';
import { getPreferences, setPreferences } from '../../base/preferences.ts';
import { nextTheme } from './theme-button.tsx';
import { useNav } from './use-nav.ts';

const loadPalette = async () => ({ default: (await import('../keyboard/palette.tsx')).Palette });
const Palette = lazy(loadPalette);
const Help = lazy(async () => ({ default: (await import('../keyboard/help.tsx')).Help }));

/** The shortcuts that work on every screen. */
export const ShellKeys = () => {
  const navigate = useNavigate();
  const overlay = useOverlay();
  const entries = useNav();
  useEffect(() => {
    // Letters right after the key are for the palette. If it had to be loaded first, they would go elsewhere.
    void loadPalette();
  }, []);
  useShortcuts(
    [
      ...entries.map(({ to, label, key }) => ({
        keys: `g ${key}`,
        does: `Go to ${label}`,
        run: () => void navigate({ to }),
      })),
      { keys: SEARCH_KEYS, does: 'Search jobs and screens', run: openPalette },
      // In a list with a filter, the key leads there.
      { keys: '/', does: 'Search jobs and screens', run: openPalette },
      { keys: 'r', does: 'Read again', run: () => void readAgain() },
      {
        keys: 't',
        does: 'Change the theme',
        run: () => setPreferences({ theme: nextTheme(getPreferences().theme) }),
      },
      { keys: '?', does: 'Show the shortcuts', run: openHelp },
    ],
    'everywhere',
  );
  return (
    <Suspense>
      {overlay === 'palette' && <Palette onClose={closeOverlay} />}
      {overlay === 'help' && <Help onClose={closeOverlay} />}
    </Suspense>
  );
};
