import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { readAgain } from '../../api/queries.ts';
import { closeOverlay, openHelp, openPalette, useOverlay } from '../keyboard/overlays.ts';
import { SEARCH_KEYS, useShortcuts } from '../../base/shortcuts.ts';
import { getPreferences, setPreferences } from '../../base/preferences.ts';
import { tellFailure } from '../../components/toasts.tsx';
import { nextTheme } from './theme-button.tsx';
import { useNav } from './use-nav.ts';

const load = async () => {
  const [{ Palette }, { Help }] = await Promise.all([
    import('../keyboard/palette.tsx'),
    import('../keyboard/help.tsx'),
  ]);
  return { Palette, Help };
};

/**
 * The search and the help. They are loaded before they are asked for, since letters right after the key are for the search. React's
 * `lazy` would show them 300 ms later, also when they are loaded.
 */
function useOverlays(isAsked: boolean): Awaited<ReturnType<typeof load>> | undefined {
  const [loaded, setLoaded] = useState<Awaited<ReturnType<typeof load>>>();
  useEffect(() => {
    load().then(setLoaded, (error: unknown) => {
      if (isAsked) tellFailure('The search could not be loaded', error);
    });
  }, [isAsked]);
  return loaded;
}

/** The shortcuts that work on every screen. */
export const ShellKeys = () => {
  const navigate = useNavigate();
  const overlay = useOverlay();
  const entries = useNav();
  const loaded = useOverlays(overlay !== null);
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
  if (loaded === undefined) return null;
  const { Palette, Help } = loaded;
  return (
    <>
      {overlay === 'palette' && <Palette onClose={closeOverlay} />}
      {overlay === 'help' && <Help onClose={closeOverlay} />}
    </>
  );
};
