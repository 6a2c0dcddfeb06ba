import { cellClass } from './cell-class.ts';
import type { Column, Selection } from './columns.ts';
import * as styles from './table.module.css';

type Props<Row> = {
  columns: readonly Column<Row>[];
  /** The keys of all rows of the page. */
  keys: readonly (string | number)[];
  selection: Selection | undefined;
  /** Whether the rows are there to be ticked. */
  isReady: boolean;
};

const arrows = { ascending: '↑', descending: '↓', none: '↕' };

/** The names of the columns. Its box ticks the whole page. */
export function HeaderRow<Row>({ columns, keys, selection, isReady }: Props<Row>) {
  const ticked = selection === undefined ? 0 : keys.filter((key) => selection.keys.has(key)).length;
  return (
    <tr>
      {selection !== undefined && (
        <th className={styles.box} scope="col">
          <input
            type="checkbox"
            aria-label="Select the page"
            disabled={!isReady}
            checked={keys.length > 0 && ticked === keys.length}
            ref={(input) => {
              if (input !== null) input.indeterminate = ticked > 0 && ticked < keys.length;
            }}
            onChange={() => selection.set(new Set(ticked === keys.length ? [] : keys))}
          />
        </th>
      )}
      {columns.map((column) => (
        <th key={column.id} scope="col" className={cellClass(column)} aria-sort={column.sort?.current}>
          {column.sort === undefined ? (
            column.header
          ) : (
            <button type="button" className={styles.sort} onClick={column.sort.onSort}>
              {column.header}
              <span aria-hidden="true">{arrows[column.sort.current]}</span>
            </button>
          )}
        </th>
      ))}
    </tr>
  );
}
