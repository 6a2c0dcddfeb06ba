import './zod-settings.ts';
import * as z from 'zod/mini';
import { makeStore } from './store.ts';

export const themes = ['system', 'light', 'dark'] as const;
const zones = ['mine', 'UTC'] as const;
/** Seconds between two reads of the shown data; 0 for never. */
export const refreshSeconds = [0, 2, 5, 30] as const;

const preferencesSchema = z.object({
  theme: z.catch(z.enum(themes), 'system'),
  zone: z.catch(z.enum(zones), 'mine'),
  refresh: z.catch(z.literal(refreshSeconds), 5),
  /** Whether single letters are shortcuts. */
  hasShortcuts: z.catch(z.boolean(), true),
  /**
   * Seconds after which a request without a whole answer is given up. API Gateway itself gives up after 29 s, so it answers
   * first.
   */
  answerSeconds: z.catch(z.int().check(z.minimum(1), z.maximum(600)), 30),
});

export type Preferences = z.infer<typeof preferencesSchema>;

const NAME = 'belfry-preferences';

function read(): Preferences {
  try {
    return preferencesSchema.parse(JSON.parse(localStorage.getItem(NAME) ?? '{}'));
  } catch {
    return preferencesSchema.parse({});
  }
}

const store = makeStore<Preferences>(read());
export const usePreferences = store.use;
export const getPreferences = store.get;

export function setPreferences(changes: Partial<Preferences>): void {
  const next = { ...store.get(), ...changes };
  localStorage.setItem(NAME, JSON.stringify(next));
  store.set(next);
  applyTheme();
}

/** Takes over what another tab has changed. */
export function followPreferences(): void {
  window.addEventListener('storage', ({ key }) => {
    if (key !== NAME) return;
    store.set(read());
    applyTheme();
  });
}

/** Style sheets read the theme from the root element. */
export function applyTheme(): void {
  const { theme } = store.get();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
