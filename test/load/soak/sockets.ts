import { readdir, readFile, readlink } from 'node:fs/promises';

export type Sockets = {
  open: number;
  /** Inodes of TCP sockets that the other side has closed and this one has not. */
  halfClosed: string[];
};

/** The state CLOSE_WAIT, in hexadecimal as in `/proc/net/tcp`. */
const CLOSE_WAIT = '08';

/** Returns the inodes of sockets in the state CLOSE_WAIT, from the text of `/proc/net/tcp` or `tcp6`. */
export function halfClosedIn(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap((columns) => (columns[3] === CLOSE_WAIT && columns[9] !== undefined ? [columns[9]] : []));
}

/** Reads the sockets of each process, including unix sockets; undefined on a system without /proc. */
export async function readSockets(pids: readonly number[]): Promise<(Sockets | undefined)[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const halfClosed = new Set(tables.flatMap(halfClosedIn));
  return Promise.all(
    pids.map(async (pid) => {
      const inodes = await socketsOf(pid);
      return inodes && { open: inodes.length, halfClosed: inodes.filter((inode) => halfClosed.has(inode)) };
    }),
  );
}

async function socketsOf(pid: number): Promise<string[] | undefined> {
  try {
    const directory = `/proc/${pid}/fd`;
    const links = await Promise.all(
      (await readdir(directory)).map((name) => readlink(`${directory}/${name}`).catch(() => '')),
    );
    return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
  } catch {
    return undefined;
  }
}
