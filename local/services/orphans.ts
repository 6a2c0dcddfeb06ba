import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** How long each signal gets before the next one. A fast shutdown of PostgreSQL ends with a checkpoint. */
export const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

const childNote = z.object({
  pid: z.int().positive(),
  /** Which Belfry started it. */
  owner: z.string(),
  identity: z.string(),
  stopSignals: z.array(z.string()),
});

export type ChildNote = { pid: number; stopSignals: readonly NodeJS.Signals[] };

/** Names this process in the notes of its children. */
export const ownerName = (): string => `${process.pid} ${processIdentity(process.pid) ?? ''}`;

/**
 * Services run in process groups of their own, so a `kill -9` of Belfry leaves them running. Each is noted in the data
 * directory for the watchdog, or else the next run, to find. Synchronous, so that next to no time is left between the spawn
 * and its note.
 */
export function noteChild(dataDir: string, name: string, child: ChildNote): void {
  const identity = processIdentity(child.pid);
  if (identity === undefined) return;
  mkdirSync(join(dataDir, 'children'), { recursive: true, mode: 0o700 });
  writeFileSync(noteFile(dataDir, name), JSON.stringify({ ...child, owner: ownerName(), identity }));
}

export function forgetChild(dataDir: string, name: string): void {
  rmSync(noteFile(dataDir, name), { force: true });
}

/** Ends every noted process that still runs. To be called by the holder of the data directory's lock alone. */
export async function stopOrphans(dataDir: string): Promise<void> {
  await Promise.all(
    (await listNotes(dataDir)).map(async ({ path, note }) => {
      if (note !== undefined) await stopOrphan(note);
      await rm(path, { force: true });
    }),
  );
}

/** Ends the children of one Belfry, which is gone; the next may be there already, and has notes of its own. */
export async function stopOrphansOf(owner: string, dataDir: string): Promise<void> {
  const notes = (await listNotes(dataDir)).flatMap(({ note }) => (note?.owner === owner ? [note] : []));
  await Promise.all(notes.map(stopOrphan));
}

async function listNotes(dataDir: string) {
  const directory = join(dataDir, 'children');
  const files = await readdir(directory).catch(() => []);
  return Promise.all(
    files.map(async (file) => {
      const path = join(directory, file);
      return { path, note: parseNote(await readFile(path, 'utf8').catch(() => '')) };
    }),
  );
}

/** A note cut short by a crash names nobody. */
function parseNote(text: string): z.infer<typeof childNote> | undefined {
  try {
    return childNote.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function stopOrphan(note: z.infer<typeof childNote>): Promise<void> {
  const isRunning = () => processIdentity(note.pid) === note.identity;
  for (const signal of [...note.stopSignals, 'SIGKILL']) {
    if (!isRunning()) return;
    sendSignal(note.pid, signal);
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (isRunning() && performance.now() < deadline) await sleep(POLL_MS);
  }
}

function sendSignal(pid: number, signal: string): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * What tells a process from a later one with the same pid: when it started, and in which boot of the machine.
 * Undefined when there is none, or only a zombie.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() === '' ? undefined : stdout.trim();
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold blanks. After it comes field 3, the state; field 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function noteFile(dataDir: string, name: string): string {
  return join(dataDir, 'children', `${name}.json`);
}
