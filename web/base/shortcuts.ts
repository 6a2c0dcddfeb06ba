import { useEffect, useEffectEvent } from 'react';
import { getPreferences } from './preferences.ts';

export type Shortcut = {
  /** One key, or a prefix and a key, such as `g j`. */
  keys: string;
  /** What it does, for the help. */
  does: string;
  run: () => void;
};

/** The shortcuts of all components on the page. If two have the same keys, the last one works. */
let active: readonly Shortcut[] = [];

/** The shortcuts that work now. */
export const activeShortcuts = (): Shortcut[] => [
  ...new Map(active.map((shortcut) => [shortcut.keys, shortcut])).values(),
];

const isInField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
  target.getAttribute('type') !== 'checkbox';

const isDialogOpen = (): boolean => document.querySelector('[data-dialog]') !== null;

/** The search works from within fields too, and browsers on a Mac leave other keys with Command. */
export const SEARCH_KEYS = /^(?:Mac|iP)/.test(navigator.platform) ? '⌘ K' : 'Ctrl K';

/** How long the key after `g` may take. */
const SEQUENCE_MS = 1_000;
let prefix = '';
let prefixAtMs = 0;

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === 'k') serve(SEARCH_KEYS, event);
    return;
  }
  if (event.altKey || isInField(event.target) || isDialogOpen() || !getPreferences().hasShortcuts) return;
  // Enter on a link or a button is theirs.
  if (event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary'))
    return;
  const isSequence = prefix !== '' && event.timeStamp - prefixAtMs < SEQUENCE_MS;
  const keys = isSequence ? `${prefix} ${event.key}` : event.key;
  prefix = '';
  if (serve(keys, event) || isSequence) return;
  if (!active.some((each) => each.keys.startsWith(`${event.key} `))) return;
  prefix = event.key;
  prefixAtMs = event.timeStamp;
}

function serve(keys: string, event: KeyboardEvent): boolean {
  const shortcut = active.findLast((each) => each.keys === keys);
  if (shortcut === undefined) return false;
  event.preventDefault();
  shortcut.run();
  return true;
}

export function listenToKeys(): void {
  document.addEventListener('keydown', onKeyDown);
}

/**
 * Makes shortcuts work for as long as the component is there.
 *
 * @param reach `everywhere` for shortcuts that give way to a screen with the same keys.
 */
export function useShortcuts(
  shortcuts: readonly Shortcut[],
  reach: 'screen' | 'everywhere' = 'screen',
): void {
  const run = useEffectEvent((keys: string) => shortcuts.find((each) => each.keys === keys)?.run());
  const description = JSON.stringify(shortcuts.map(({ keys, does }) => ({ keys, does })));
  useEffect(() => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written two lines above
    const described = JSON.parse(description) as Pick<Shortcut, 'keys' | 'does'>[];
    const mine = described.map((each) => ({ ...each, run: () => run(each.keys) }));
    active = reach === 'screen' ? [...active, ...mine] : [...mine, ...active];
    return () => {
      active = active.filter((each) => !mine.includes(each));
    };
  }, [description, reach]);
}
