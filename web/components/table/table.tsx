import { classNames } from '../class-names.ts';
import type { Column, Selection } from './columns.ts';
import { HeaderRow } from './header-row.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';
import * as stale from './stale.module.css';
import * as styles from './table.module.css';
import { TableRow } from './table-row.tsx';
import { useRowKeys } from './use-row-keys.ts';

type Props<Row> = {
  /** What the table lists, for readers of the screen. */
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first page is read. */
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string | number;
  /** Names a row in the label of its box. */
  nameOf: (row: Row) => string;
  selection?: Selection | undefined;
  /** Whether each row has two lines of text. */
  isTwoLined?: boolean;
  /** Whether the rows belong to an earlier address, while newer ones are read. */
  isStale?: boolean;
  /** Whether the rows are old, because newer ones could not be read. */
  isOld?: boolean;
};

/** A list of one page. `j` and `k` go through its rows, `x` ticks one, `Enter` follows the link of its header. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  nameOf,
  selection,
  isTwoLined = false,
  isStale = false,
  isOld = false,
}: Props<Row>) {
  const toggle = (key: string | number) => {
    if (selection === undefined) return;
    const keys = new Set(selection.keys);
    if (!keys.delete(key)) keys.add(key);
    selection.set(keys);
  };
  useRowKeys({ hasBoxes: selection !== undefined });
  return (
    <section className={styles.frame} tabIndex={0} aria-label={label}>
      <table
        className={classNames(
          styles.table,
          columns.some(({ width }) => width !== undefined)
            ? styles.fixed
            : rows === undefined && styles.unknown,
          isTwoLined && styles.tall,
          isStale && stale.stale,
          isOld && styles.old,
        )}
        aria-busy={rows === undefined || isStale}
      >
        <thead>
          <HeaderRow
            columns={columns}
            keys={rows?.map(keyOf) ?? []}
            selection={selection}
            isReady={rows !== undefined && rows.length > 0 && !isStale}
          />
        </thead>
        <tbody>
          {rows === undefined ? (
            <SkeletonRows columns={columns} hasBoxes={selection !== undefined} />
          ) : (
            rows.map((row) => (
              <TableRow
                key={keyOf(row)}
                row={row}
                columns={columns}
                name={nameOf(row)}
                isTicked={selection?.keys.has(keyOf(row))}
                isStale={isStale}
                onToggle={selection === undefined ? undefined : () => toggle(keyOf(row))}
              />
            ))
          )}
        </tbody>
      </table>
    </section>
  );
}
