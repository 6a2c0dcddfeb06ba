import { useShortcuts } from '../../base/shortcuts.ts';

/** The rows of all tables of the screen. */
const listRows = () => [...document.querySelectorAll<HTMLElement>('tbody > tr[tabindex]')];
const currentRow = () => document.activeElement?.closest<HTMLElement>('tbody > tr[tabindex]') ?? null;

function go(step: number): void {
  const rows = listRows();
  const current = currentRow();
  const place = current === null ? -1 : rows.indexOf(current);
  const row = rows[Math.min(rows.length - 1, Math.max(0, place + step))];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

/** Moves the focus through rows by keys, ticks a row, and follows the link that names it. */
export function useRowKeys({ hasBoxes }: { hasBoxes: boolean }): void {
  useShortcuts([
    { keys: 'j', does: 'Next row', run: () => go(1) },
    { keys: 'k', does: 'Previous row', run: () => go(-1) },
    ...(hasBoxes
      ? [
          {
            keys: 'x',
            does: 'Select the row',
            run: () => currentRow()?.querySelector<HTMLElement>('input[type="checkbox"]')?.click(),
          },
        ]
      : []),
    {
      keys: 'Enter',
      does: 'Open the row',
      run: () => currentRow()?.querySelector<HTMLElement>('th a')?.click(),
    },
  ]);
}
