import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { readAgain } from '../../api/queries.ts';
import { apiRoot } from '../../api/root.ts';
import { signOut } from '../../api/session.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { nextTheme } from '../shell/theme-button.tsx';
import { useNav } from '../shell/use-nav.ts';
import { getPreferences, setPreferences } from '../../base/preferences.ts';
import { openHelp } from './overlays.ts';

export type PaletteEntry = { id: string; label: string; kind: string; run: () => void };

/** Texts are found by three characters or more. */
const MIN_TEXT = 3;
const MAX_JOBS = 8;

/** The jobs whose names, keys or URLs have the text. While they are read, the jobs of the text before are shown if they fit. */
function useFoundJobs(text: string) {
  const { canRead } = useScopes();
  const isSearch = canRead && text.length >= MIN_TEXT;
  const { data, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['jobs', 'palette', text],
    queryFn: ({ signal }) => api.get('/api/v1/jobs', { query: { text, limit: MAX_JOBS }, signal }),
    enabled: isSearch,
    placeholderData: (previous) => previous,
  });
  const word = text.toLowerCase();
  const fits = ({ name, key, api: url }: { name: string | null; key: string | null; api: string }): boolean =>
    [name, key, url].some((value) => value?.toLowerCase().includes(word) === true);
  const jobs = isSearch ? (data?.items ?? []) : [];
  return { jobs: isPlaceholderData ? jobs.filter(fits) : jobs, isSearching: isSearch && isFetching };
}

/** Actions that need no screen. */
const everywhere: readonly PaletteEntry[] = [
  { id: 'docs', label: 'API docs', kind: 'screen', run: () => location.assign(new URL('docs', apiRoot)) },
  { id: 'read', label: 'Read again', kind: 'action', run: () => void readAgain() },
  {
    id: 'theme',
    label: 'Change the theme',
    kind: 'action',
    run: () => setPreferences({ theme: nextTheme(getPreferences().theme) }),
  },
  { id: 'help', label: 'Show the shortcuts', kind: 'action', run: openHelp },
  { id: 'out', label: 'Sign out', kind: 'action', run: () => signOut() },
];

/** The screens, actions and jobs that fit a text, and whether more jobs are looked for. */
export function usePaletteEntries(text: string): { entries: PaletteEntry[]; isSearching: boolean } {
  const navigate = useNavigate();
  const screens = useNav().map(({ to, label }) => ({
    id: to,
    label,
    kind: 'screen',
    run: () => void navigate({ to }),
  }));
  const { canRead, canWrite } = useScopes();
  const creating = {
    id: 'new',
    label: 'Create a job',
    kind: 'action',
    run: () => void navigate({ to: '/jobs/new' }),
  };
  const found = useFoundJobs(text.trim());
  const jobs = found.jobs.map(({ id, name, key, api: url }) => ({
    id: `job-${id}`,
    label: name ?? key ?? url,
    kind: 'job',
    run: () => void navigate({ to: '/jobs/$id', params: { id: String(id) } }),
  }));
  const word = text.trim().toLowerCase();
  const known = [...screens, ...(canRead && canWrite ? [creating] : []), ...everywhere].filter(({ label }) =>
    label.toLowerCase().includes(word),
  );
  return { entries: [...known, ...jobs], isSearching: found.isSearching };
}
