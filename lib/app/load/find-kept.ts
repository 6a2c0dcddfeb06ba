import type { Pool } from '../../db/pool.ts';
import {
  findUpcomingLoad,
  type KeptLoad,
  listUpcomingGroups,
  type StoredGroup,
} from '../../db/upcoming-load.ts';
import { busiestMinutes } from '../../domain/load/count-load.ts';
import type { LoadGroup } from '../../domain/load/groups.ts';
import { OFTEN, placeOf } from '../../domain/load/list-groups.ts';
import { MINUTE_MS } from '../../domain/load/load.ts';
import { partsOfLists } from '../../domain/load/minute-parts.ts';
import type { AskedLoad } from './asked-load.ts';
import { type BusyMinute, PARTS_SHOWN, withoutChangedJobs } from './busy-minute.ts';
import { openStored } from './stored-groups.ts';

/** Fewer jobs are counted at each request, within 50 ms also if all schedules differ. So their counts are never old. */
export const MIN_KEPT_JOBS = 1_000;

/** A request that needs more groups is counted now. To compile this number takes 10 to 30 ms if none is cached. */
const MAX_OPENED = 4_000;

export type FoundLoad = {
  countedAtMs: number;
  jobs: number;
  perMinute: number[];
  isExact: boolean;
  busiest: BusyMinute[];
};

/** Finds the answer to a request in the counts that a tick has kept, if they are young enough and suffice. */
export async function findKept(pool: Pool, asked: AskedLoad, nowMs: number): Promise<FoundLoad | undefined> {
  if (asked.maxAgeMs === 0 || asked.jobIds !== undefined) return undefined;
  const kept = await findUpcomingLoad(pool, {
    from: new Date(asked.fromMs),
    until: new Date(asked.untilMs),
    countedFrom: new Date(nowMs - asked.maxAgeMs),
    // The clock of the tick may be ahead.
    countedUntil: new Date(nowMs + MINUTE_MS),
    minJobs: MIN_KEPT_JOBS,
  });
  if (kept === undefined) return undefined;
  const minutes = busiestMinutes(kept, asked.busiest).map((place) => ({
    minuteMs: asked.fromMs + place * MINUTE_MS,
    runs: kept.perMinute[place] ?? 0,
  }));
  const busiest = minutes.length === 0 ? [] : await describe(pool, kept, minutes);
  if (busiest === undefined) return undefined;
  const { countedAt, jobs, perMinute, isExact } = kept;
  return {
    countedAtMs: countedAt.getTime(),
    jobs,
    perMinute,
    isExact,
    busiest: await withoutChangedJobs(pool, busiest),
  };
}

/** Finds the groups of some minutes. Returns undefined if they are not kept, or may not be the ones with the most runs. */
async function describe(
  pool: Pool,
  { countedAt, isExact, hasGroups }: KeptLoad,
  minutes: readonly { minuteMs: number; runs: number }[],
): Promise<BusyMinute[] | undefined> {
  if (!hasGroups) return undefined;
  const places = [...new Set([OFTEN, ...minutes.map(({ minuteMs }) => placeOf(minuteMs))])];
  const rows = await listUpcomingGroups(pool, { places, countedAt });
  const lists = new Map(
    rows.map(({ place, list: { groups, isCut } }) => [place, { entries: groups, isCut }]),
  );
  const often = lists.get(OFTEN);
  const open = makeOpen(MAX_OPENED);
  const busiest: BusyMinute[] = [];
  for (const { minuteMs, runs } of minutes) {
    const own = lists.get(placeOf(minuteMs));
    if (own === undefined || often === undefined) return undefined;
    const total = isExact ? runs : undefined;
    const parts = partsOfLists([own, often], { minuteMs, limit: PARTS_SHOWN, total, open });
    if (parts === undefined) return undefined;
    busiest.push({ minuteMs, runs, parts });
  }
  return busiest;
}

/** Makes a function that opens groups, each once, up to a limit. */
function makeOpen(limit: number): (stored: StoredGroup) => LoadGroup | undefined {
  const opened = new Map<StoredGroup, LoadGroup | undefined>();
  return (stored) => {
    if (!opened.has(stored)) {
      if (opened.size === limit) return undefined;
      opened.set(stored, openStored(stored));
    }
    return opened.get(stored);
  };
}
