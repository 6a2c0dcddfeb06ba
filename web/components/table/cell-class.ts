import { classNames } from '../class-names.ts';
import type { Column } from './columns.ts';
import * as styles from './table.module.css';

/** The classes that a column gives its cells. */
export const cellClass = <Row>({ from, width, isFigure = false, isIconic = false }: Column<Row>): string =>
  classNames(
    isFigure && styles.figure,
    isIconic && styles.iconic,
    from !== undefined && styles[from],
    width !== undefined && styles[width],
  );
