import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../../support/services.ts';
import type { RunningBelfry } from '../support/belfry.ts';
import { takeSample, type Sample } from './sample.ts';
import type { TargetLog } from './target-log.ts';

/** The most samples: a long run takes this many, a short run takes one every three seconds. */
const SAMPLES = 360;
const LEAST_INTERVAL_MS = 3_000;
const SAY_EVERY_MS = 60_000;

/** Takes samples for `minutes` minutes. */
export async function watch(
  parts: { stage: Stage; belfry: RunningBelfry; readLog: () => Promise<TargetLog> },
  { minutes, say }: { minutes: number; say: (line: string) => void },
): Promise<Sample[]> {
  const startedMs = performance.now();
  const endsMs = startedMs + minutes * 60_000;
  const intervalMs = Math.max(LEAST_INTERVAL_MS, (minutes * 60_000) / SAMPLES);
  const samples: Sample[] = [];
  let saidMs = startedMs;
  for (let place = 0; performance.now() < endsMs; place++) {
    const sample = await takeSample(parts, (performance.now() - startedMs) / 60_000);
    samples.push(sample);
    const { requests } = await parts.readLog();
    if (performance.now() - saidMs >= SAY_EVERY_MS) {
      saidMs += SAY_EVERY_MS;
      say(
        `${sample.atMinutes.toFixed(0)} min: ${requests.toLocaleString('en-US')} requests, ${summary(sample)}`,
      );
    }
    await sleep(Math.max(0, startedMs + (place + 1) * intervalMs - performance.now()));
  }
  return samples;
}

function summary({ environments, redis, open, queue }: Sample): string {
  const live = environments.map(({ name, liveBytes }) => `${name} ${(liveBytes / 1_048_576).toFixed(1)} MB`);
  return `${live.join(', ')}; ${open} open, ${redis.keys} keys, ${queue.wakeUps} wake-ups`;
}
