import { cellClass } from './cell-class.ts';
import type { Column } from './columns.ts';
import * as skeleton from './skeleton-rows.module.css';
import * as styles from './table.module.css';

const ROWS = Array.from({ length: 12 }, (_, index) => index);

/** Rows of the height of real ones, so that nothing jumps when those arrive. */
export function SkeletonRows<Row>({
  columns,
  hasBoxes,
}: {
  columns: readonly Column<Row>[];
  hasBoxes: boolean;
}) {
  return ROWS.map((index) => (
    <tr key={index} aria-hidden="true">
      {hasBoxes && <td className={styles.box} />}
      {columns.map((column) => (
        <td key={column.id} className={cellClass(column)}>
          <span className={skeleton.bone} />
        </td>
      ))}
    </tr>
  ));
}
