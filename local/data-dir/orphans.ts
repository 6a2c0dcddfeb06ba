import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** Time after a signal before the next one is sent. A fast shutdown of PostgreSQL ends with a checkpoint. */
export const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

const childNote = z.object({
  pid: z.int().positive(),
  /** The Belfry process that started it. */
  owner: z.string(),
  identity: z.string(),
  stopSignals: z.array(z.string()),
});

export type ChildNote = { pid: number; stopSignals: readonly NodeJS.Signals[] };

/** Returns the name of this process for the notes of its children. */
export const ownerName = (): string => `${process.pid} ${processIdentity(process.pid) ?? ''}`;

/**
 * Notes a child in the data directory. Services have their own process groups, so they continue to run after a `kill -9` of
 * Belfry. The watchdog, or otherwise the next run, finds them by their notes. The note is written synchronously, to leave almost
 * no time between the start and the note.
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

/** Ends every noted process that still runs. Only the holder of the data directory's lock may call it. */
export async function stopOrphans(dataDir: string): Promise<void> {
  await Promise.all(
    (await listNotes(dataDir)).map(async ({ path, note }) => {
      if (note !== undefined) await stopOrphan(note);
      await rm(path, { force: true });
    }),
  );
}

/** Ends the children of a Belfry that has ended. The next Belfry may already run, with its own notes. */
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

/** Parses a note; undefined if a crash has left it incomplete. */
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
    // The process has ended in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Returns a text that distinguishes a process from a later one with the same pid: its start time and the boot of the machine.
 * Returns undefined if there is no such process, or only a zombie.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() === '' ? undefined : stdout.trim();
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may contain spaces. Field 3, the state, follows it; field 22 is the start time.
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
