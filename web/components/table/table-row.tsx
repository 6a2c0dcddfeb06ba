import { cellClass } from './cell-class.ts';
import type { Column } from './columns.ts';
import * as styles from './table.module.css';

type Props<Row> = {
  row: Row;
  columns: readonly Column<Row>[];
  name: string;
  /** Undefined in a table without boxes. */
  isTicked: boolean | undefined;
  onToggle: (() => void) | undefined;
  isStale: boolean;
};

export function TableRow<Row>({ row, columns, name, isTicked, onToggle, isStale }: Props<Row>) {
  return (
    <tr tabIndex={-1} className={isTicked === true ? styles.ticked : undefined}>
      {onToggle !== undefined && (
        <td className={styles.box}>
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            disabled={isStale}
            checked={isTicked === true}
            onChange={onToggle}
          />
        </td>
      )}
      {columns.map((column) =>
        column.isRowHeader === true ? (
          <th key={column.id} scope="row" className={cellClass(column)}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} className={cellClass(column)}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  );
}
