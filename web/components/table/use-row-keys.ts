import type { RefObject } from 'react';
import { useShortcuts } from '../../base/shortcuts.ts';

type Options = { count: number; onOpen: (index: number) => void; onToggle: (index: number) => void };

/** Moves the focus through the rows of a table by keys. */
export function useRowKeys(
  body: RefObject<HTMLTableSectionElement | null>,
  { count, onOpen, onToggle }: Options,
): void {
  const current = (): number => {
    const row = document.activeElement?.closest('tr');
    return row === undefined || row === null ? -1 : Array.from(body.current?.rows ?? []).indexOf(row);
  };
  const go = (step: number) => {
    const next = Math.min(count - 1, Math.max(0, current() + step));
    const row = body.current?.rows[next];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts([
    { keys: 'j', does: 'Next row', run: () => go(1) },
    { keys: 'k', does: 'Previous row', run: () => go(-1) },
    { keys: 'x', does: 'Select the row', run: () => onToggle(current()) },
    { keys: 'Enter', does: 'Open the row', run: () => onOpen(current()) },
  ]);
}
