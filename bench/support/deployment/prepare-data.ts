import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { migrate } from '../../../lib/db/migrate.ts';
import { createPool, type Pool } from '../../../lib/db/pool.ts';
import { openDataDir } from '../../../local/data-dir/data-dir.ts';
import { startPostgres } from '../../../local/services/postgres.ts';
import { makeStops } from '../../../local/stops.ts';
import type { Bench } from '../figures.ts';
import { loadDeployment } from './load-deployment.ts';

/** The time between the load and the first due job. A run in this time measures reads, not the dispatch of a million jobs. */
const DUE_AFTER_MS = 8 * 3_600_000;
/** Data whose first job is due earlier is not used again. */
const LEFT_MS = 3_600_000;
const NOTE = 'deployment.json';

const noteSchema = z.object({ jobs: z.int(), executions: z.int(), firstDueAt: z.iso.datetime() });

type BenchOfData = Pick<Bench, 'progress' | 'services'>;

/** Loads a deployment into the data directory of a local run, unless an earlier call has loaded it there. */
export async function prepareData(
  directory: string,
  { jobs, executions }: { jobs: number; executions: number },
  bench: BenchOfData,
): Promise<void> {
  const known = await readNote(directory);
  if (known !== undefined) {
    const isUsable =
      known.jobs === jobs &&
      known.executions === executions &&
      Date.parse(known.firstDueAt) - Date.now() > LEFT_MS;
    if (isUsable) return;
    throw new Error(`${directory} has other data, or its first job is due soon; remove it`);
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const firstDueAt = new Date(Date.now() + DUE_AFTER_MS);
  const { pool, close } = await openPostgres(directory, bench);
  try {
    await migrate(pool, new Date());
    await loadDeployment(pool, { jobs, executions, firstDueAt }, bench.progress);
    await pool.query('create extension pg_stat_statements');
    await pool.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
    await pool.query('checkpoint');
  } finally {
    await close();
  }
  const note = { jobs, executions, firstDueAt: firstDueAt.toISOString() };
  await writeFile(join(directory, NOTE), `${JSON.stringify(note)}\n`);
}

/** Opens the database of such a directory without a running Belfry. */
export async function openData(
  directory: string,
  size: { jobs: number; executions: number },
  bench: BenchOfData,
): Promise<OpenData> {
  await prepareData(directory, size, bench);
  const opened = await openPostgres(directory, bench);
  await migrate(opened.pool, new Date());
  return opened;
}

type OpenData = { pool: Pool; close: () => Promise<void> };

async function openPostgres(directory: string, { progress, services }: BenchOfData): Promise<OpenData> {
  const stops = makeStops();
  const close = () => stops.run(progress);
  try {
    const dataDir = await openDataDir(directory);
    stops.add(dataDir.close);
    const postgres = await startPostgres({ dataDir, report: progress, durable: false });
    stops.add(postgres.stop);
    // The end of the pool would wait for its statement, which may take minutes.
    services.atEnd(postgres.stop);
    const pool = createPool(postgres.url, { max: 10, statementTimeoutMs: 1_800_000, onError: () => {} });
    stops.add(pool.end);
    return { pool, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readNote(directory: string): Promise<z.infer<typeof noteSchema> | undefined> {
  const text = await readFile(join(directory, NOTE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : noteSchema.parse(JSON.parse(text));
}
