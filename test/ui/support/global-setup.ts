import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeStops } from '../../../local/stops.ts';
import { endLocal, serviceUrls, startLocalRun } from '../../support/local-process.ts';
import { removeAbandoned } from '../../support/remove-abandoned.ts';
import type { SharedBelfry } from './belfry.ts';
import { seedJobs } from './seed.ts';

const PREFIX = 'belfry-ui-';

/** Runs `npm start` with some jobs for each worker, on free ports and in directories that are removed at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned(PREFIX);
  const stops = makeStops();
  const stop = (): Promise<void> => stops.run((line) => void process.stderr.write(`${line}\n`));
  try {
    const starting = Array.from({ length: project.config.maxWorkers }, () => startSeeded(stops.add));
    // A Belfry that starts while another one fails must not be left running.
    await Promise.allSettled(starting);
    project.provide('belfries', await Promise.all(starting));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function startSeeded(onStop: (stop: () => Promise<void>) => void): Promise<SharedBelfry> {
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  onStop(() => rm(dataDir, { recursive: true, force: true }));
  const env = { BELFRY_RATE_LIMIT_PER_SECOND: '10000', BELFRY_RATE_LIMIT_BURST: '20000' };
  const run = await startLocalRun(dataDir, env, (started) => onStop(() => endLocal(started)));
  await seedJobs(run);
  const { address, apiKey } = run;
  return { address, apiKey, databaseUrl: (await serviceUrls(dataDir)).postgres };
}
