import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { endLocal, type LocalProcess, serviceUrls, startLocalRun } from '../../support/local-process.ts';
import { removeAbandoned } from '../../support/remove-abandoned.ts';
import { seedJobs } from './seed.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The address of the Belfry that all files of the project share. */
    address: string;
    apiKey: string;
    databaseUrl: string;
  }
}

const PREFIX = 'belfry-ui-';

/** Runs `npm start` with some jobs, on a free port and in a directory that is removed at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned(PREFIX);
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  let started: LocalProcess | undefined;
  const stop = async (): Promise<void> => {
    if (started !== undefined) await endLocal(started);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const env = { BELFRY_RATE_LIMIT_PER_SECOND: '10000', BELFRY_RATE_LIMIT_BURST: '20000' };
    const run = await startLocalRun(dataDir, env, (process) => (started = process));
    await seedJobs(run);
    project.provide('address', run.address);
    project.provide('apiKey', run.apiKey);
    project.provide('databaseUrl', (await serviceUrls(dataDir)).postgres);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
