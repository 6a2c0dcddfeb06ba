import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from '../random.ts';

export type Kills = {
  /** Returns every point that was reached so far. */
  points: () => string[];
  /** How often environments died at each point. */
  hits: ReadonlyMap<string, number>;
  /** Arms a point and waits until an environment dies there. Returns the point, or undefined when none reached it in time. */
  killOnce: () => Promise<string | undefined>;
};

const LOOK_EVERY_MS = 25;

/**
 * Makes kills at the point with the fewest tries among the points that are not armed; the seed decides between equals. A try
 * counts half until an environment has died at the point, so rare points are tried more often than others, but not for ever.
 */
export function makeKills(options: {
  seed: number;
  pointsDir: string;
  waitMs: number;
  /** Creates the situation in which a rare point is reached. */
  provoke: (point: string) => Promise<void>;
}): Kills {
  const { seed, pointsDir, waitMs, provoke } = options;
  const hits = new Map<string, number>();
  const tries = new Map<string, number>();
  const armed = new Set<string>();

  const points = (): string[] => readdirSync(join(pointsDir, 'reached')).sort();
  const rank = (point: string): number[] => [
    (hits.has(point) ? 2 : 1) * (tries.get(point) ?? 0),
    hash(`${seed}/${point}`),
  ];

  const choose = (): string | undefined => {
    const free = points().filter((point) => !armed.has(point));
    return free
      .map((point) => ({ point, rank: rank(point) }))
      .sort((a, b) => compare(a.rank, b.rank))
      .at(0)?.point;
  };

  return {
    points,
    hits,
    killOnce: async () => {
      const point = choose();
      if (point === undefined) return undefined;
      armed.add(point);
      tries.set(point, (tries.get(point) ?? 0) + 1);
      try {
        const isHit = killAt(pointsDir, point, waitMs);
        await provoke(point);
        if (!(await isHit)) return undefined;
        hits.set(point, (hits.get(point) ?? 0) + 1);
        return point;
      } finally {
        armed.delete(point);
      }
    },
  };
}

/** Arms a point at once, and resolves with whether an environment died there in time. */
export async function killAt(pointsDir: string, point: string, waitMs: number): Promise<boolean> {
  const path = join(pointsDir, 'armed', point);
  writeFileSync(path, '');
  const untilMs = Date.now() + waitMs;
  while (Date.now() < untilMs) {
    if (!existsSync(path)) return true;
    await sleep(LOOK_EVERY_MS);
  }
  try {
    rmSync(path);
    return false;
  } catch {
    // An environment has just moved the file away, and dies there.
    return true;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place === -1 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}
