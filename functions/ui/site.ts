import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** How the bytes of a file are stored: as they are, or compressed in a file next to it. */
export type Encoding = 'identity' | 'gzip' | 'br';

const ENDINGS: Record<Exclude<Encoding, 'identity'>, string> = { gzip: '.gz', br: '.br' };

export type SiteFile = {
  /** The encodings that are stored. */
  encodings: readonly Encoding[];
  read: (encoding: Encoding) => Promise<Buffer>;
};

/** The files of the pages by name, such as `ui/index.html`. A request can reach no other file. */
export type Site = ReadonlyMap<string, SiteFile>;

/**
 * Lists the built files. A file is read at its first request, and kept in memory.
 *
 * @throws Error if there is no such directory.
 */
export async function openSite(directory: string): Promise<Site> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (cause: unknown) => {
      throw new Error(`there are no built pages in ${directory}; set BELFRY_SITE_DIRECTORY`, { cause });
    },
  );
  const names = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, sep).length))
      .map((name) => name.replaceAll(sep, '/')),
  );
  const files = new Map<string, SiteFile>();
  for (const name of names) {
    if (isCompressedCopy(name, names)) continue;
    const compressed = (['br', 'gzip'] as const).filter((encoding) => names.has(name + ENDINGS[encoding]));
    files.set(name, { encodings: ['identity', ...compressed], read: readOnce(join(directory, name)) });
  }
  return files;
}

const isCompressedCopy = (name: string, names: ReadonlySet<string>): boolean =>
  Object.values(ENDINGS).some((ending) => name.endsWith(ending) && names.has(name.slice(0, -ending.length)));

function readOnce(path: string): SiteFile['read'] {
  const known = new Map<Encoding, Promise<Buffer>>();
  return (encoding) => {
    const kept = known.get(encoding);
    if (kept !== undefined) return kept;
    const reading = readFile(encoding === 'identity' ? path : path + ENDINGS[encoding]);
    known.set(encoding, reading);
    // A failed read is tried again at the next request.
    reading.catch(() => known.delete(encoding));
    return reading;
  };
}
