import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeOwnFile } from './own-files.ts';

/** Where a running Belfry is, for the demo and for scripts. It holds the key, so it is its owner's alone. */
const runFile = z.object({ pid: z.int(), address: z.string(), apiKey: z.string() });

export type RunFile = z.infer<typeof runFile>;

const pathIn = (dataDir: string) => join(dataDir, 'run.json');

export async function writeRunFile(dataDir: string, run: RunFile): Promise<void> {
  await writeOwnFile(pathIn(dataDir), `${JSON.stringify(run)}\n`);
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** Undefined when there is none. One that was killed leaves its own behind, so what it names may be gone. */
export async function readRunFile(dataDir: string): Promise<RunFile | undefined> {
  try {
    return runFile.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
