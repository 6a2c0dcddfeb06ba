import { measureKilledWorker } from './killed-worker.ts';
import { measureLostRedis } from './lost-redis.ts';
import { measurePostgresOutage } from './postgres-outage.ts';
import { withScene, type Measurement } from './scene.ts';

/** Measures how long Belfry takes to recover from one fault at a time. */
export async function measureRecovery(options: {
  tickEveryMs: number;
  report: (line: string) => void;
}): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const measure of [measureKilledWorker, measureLostRedis, measurePostgresOutage]) {
    options.report(measure.name);
    measured.push(...(await withScene(options, measure)));
  }
  return measured;
}
