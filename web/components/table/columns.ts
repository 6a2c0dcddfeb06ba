import type { ReactNode } from 'react';

export type Column<Row> = {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** The cell that names the row. One column has it. */
  isRowHeader?: boolean;
  /** Figures are aligned at the right. */
  isFigure?: boolean;
  /**
   * The width of the column, where the page is not narrow. Columns without one share what is left, so that no column moves when
   * rows are read again. Without any width in the table, its columns are as wide as what they show.
   */
  width?: 'count' | 'tiny' | 'short' | 'medium' | 'long';
  /** The order of the list by this column, where an index has one, and what the header then asks for. */
  sort?: { current: 'ascending' | 'descending' | 'none'; onSort: () => void };
  /** Where the list is as narrow as a phone, the column has only the icons of its states. */
  isIconic?: boolean;
  /** The column is left out of a list that is narrower than on a tablet, or than on a laptop. */
  from?: 'tablet' | 'laptop';
};

/** Which rows are ticked. */
export type Selection = {
  keys: ReadonlySet<string | number>;
  set: (keys: ReadonlySet<string | number>) => void;
};
