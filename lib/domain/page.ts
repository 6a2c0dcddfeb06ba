import type { Total } from './total.ts';

/** A page of a list. `hasMore` tells whether there are items after the page. */
export type Page<T> = {
  items: readonly T[];
  hasMore: boolean;
  /** Present if it was asked for. */
  total: Total | undefined;
};
