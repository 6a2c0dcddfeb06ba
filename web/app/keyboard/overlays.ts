import { makeStore } from '../../base/store.ts';

/** The dialog over the screen, if one is open. */
const store = makeStore<'palette' | 'help' | null>(null);

export const useOverlay = store.use;
export const openPalette = (): void => store.set('palette');
export const openHelp = (): void => store.set('help');
export const closeOverlay = (): void => store.set(null);
