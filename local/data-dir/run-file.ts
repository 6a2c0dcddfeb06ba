import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeOwnFile } from './own-files.ts';

/** The address and key of the running Belfry, for the demo and scripts. Only the owner can read the file, because of the key. */
const runFile = z.object({ pid: z.int(), address: z.string(), apiKey: z.string() });

export type RunFile = z.infer<typeof runFile>;

const pathIn = (dataDir: string) => join(dataDir, 'run.json');

export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
  await writeOwnFile(pathIn(dataDir), `${JSON.stringify(run)}\n`);
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** Reads the file; undefined if there is none. A killed Belfry leaves its file behind, so the Belfry may no longer run. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  try {
    return runFile.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
