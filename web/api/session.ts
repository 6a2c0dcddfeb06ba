import { makeStore } from '../base/store.ts';

/** The keys of a tab. They are gone when the tab is closed. */
export type Session = {
  /** Belfry's API key. */
  key: string;
  /** The gateway's key, where the deployment has a usage plan. Otherwise it is empty. */
  gatewayKey: string;
};

const NAME = 'belfry-session';

function readSession(): Session | null {
  const [key = '', gatewayKey = ''] = (sessionStorage.getItem(NAME) ?? '').split('\n');
  return key === '' ? null : { key, gatewayKey };
}

/** Takes the key of an address that ends in `#key=…`, and removes it from the address. */
function takeKeyOfAddress(): Session | null {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const key = parameters.get('key');
  if (key === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return key === '' ? null : { key, gatewayKey: parameters.get('gatewayKey') ?? '' };
}

const store = makeStore<Session | null>(null);
/** Why the last session ended, if no person ended it. */
const endReason = makeStore<string | undefined>(undefined);
export const useEndReason = endReason.use;
export const useSession = store.use;
export const getSession = store.get;

export function signIn(session: Session): void {
  sessionStorage.setItem(NAME, `${session.key}\n${session.gatewayKey}`);
  endReason.set(undefined);
  store.set(session);
}

/** @param why the reason to tell, where a person did not ask for it. */
export function signOut(why?: string): void {
  sessionStorage.removeItem(NAME);
  endReason.set(why);
  store.set(null);
}

/** Opens the session of the tab, or the one that its address brings, also where the tab shows the dashboard already. */
export function openSession(): void {
  const given = takeKeyOfAddress();
  if (given !== null) signIn(given);
  else store.set(readSession());
  window.addEventListener('hashchange', () => {
    const next = takeKeyOfAddress();
    if (next === null) return;
    signIn(next);
    // The page forgets what the key before has read, and the address with the key.
    location.reload();
  });
}
