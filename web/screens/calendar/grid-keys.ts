import type { KeyboardEvent } from 'react';

const steps: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Moves the focus between the links of a table by arrows. A cell without a link is passed over. */
export function onGridKey(event: KeyboardEvent<HTMLTableElement>): void {
  const step = steps[event.key];
  const cell = event.target instanceof Element ? event.target.closest('td') : null;
  const row = cell?.parentElement;
  if (step === undefined || cell === null || !(row instanceof HTMLTableRowElement)) return;
  const [down, right] = step;
  const { rows } = event.currentTarget;
  for (
    let rowIndex = row.rowIndex + down, cellIndex = cell.cellIndex + right;
    rows[rowIndex]?.cells[cellIndex] !== undefined;
    rowIndex += down, cellIndex += right
  ) {
    const link = rows[rowIndex]?.cells[cellIndex]?.querySelector('a');
    if (link === null || link === undefined) continue;
    event.preventDefault();
    link.focus();
    return;
  }
}
