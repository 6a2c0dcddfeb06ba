import { listExecutions } from '../../../lib/app/list-executions.ts';
import { listAllUpcoming } from '../../../lib/app/list-upcoming.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../../lib/domain/execution-filter.ts';
import type { UpcomingPlace } from '../../../lib/domain/upcoming.ts';
import { noFilter } from '../../../test/support/no-filter.ts';
import type { List, ReadPage } from './list.ts';

const HOUR_MS = 3_600_000;

const named = (name: string, read: ReadPage): List => ({ name, read, skip: read });

/** The lists of past executions, with each filter. */
export function executionLists(): List[] {
  const filters: Partial<ExecutionFilter>[] = [
    {},
    { statuses: ['FAILED'] },
    { statuses: ['FAILED', 'CANCELLED'] },
    { statuses: ['CANCELLED'] },
    { statuses: ['SKIPPED'] },
    { statuses: ['RUNNING'] },
    { statuses: ['RUNNING', 'RETRYING'] },
    { statuses: ['SUCCESS'] },
    { jobId: 77 },
    { tag: 'even' },
    { tag: 'r77' },
    { tag: 'r77', statuses: ['FAILED'] },
    { group: 'group-7' },
    { key: 'shop-7/order/7' },
    { trigger: 'MANUAL' },
    { host: 'host-7.example.com' },
    { host: 'host-7.example.com', statuses: ['FAILED'] },
    { since: new Date(Date.now() - 2 * DAY_MS), until: new Date(Date.now() - DAY_MS) },
  ];
  return filters.map((filter) =>
    named(`executions ${JSON.stringify(filter)}`, async (db, from, limit) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
      const after = from as ExecutionPosition | undefined;
      const whole = { ...noFilter, ...filter };
      const { items, next } = await listExecutions(db, whole, { limit, after }, new Date());
      return { count: items.length, next };
    }),
  );
}

/** The lists of upcoming executions. */
export function upcomingLists(): List[] {
  const untils = [
    { name: 'an hour', until: new Date(Date.now() + 2 * HOUR_MS) },
    { name: 'a day', until: new Date(Date.now() + DAY_MS) },
  ];
  return untils.map(({ name, until }) =>
    named(`upcoming for ${name}`, async (db, from, limit) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
      const after = from as UpcomingPlace | undefined;
      const { items, next } = await listAllUpcoming(db, { until, limit, after }, new Date());
      return { count: items.length, next };
    }),
  );
}
