import type { Pool } from '../../../lib/db/pool.ts';

/** A page of a list. `next` is the place of the next one. Undefined at the end of the list. */
export type Page = { count: number; next: unknown };
export type ReadPage = (db: Pool, from: unknown, limit: number) => Promise<Page>;

/** A list: `read` reads a page after a place, and `skip` only finds the place after it, as `read` would. */
export type List = { name: string; read: ReadPage; skip: ReadPage };
