import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

const PATH = '/etc/hosts';
const KEPT_MS = 1_000;

let reading: Promise<string> | undefined;

/** Reads the hosts file. Concurrent callers share one read, so that many look-ups need only one descriptor. */
function readText(): Promise<string> {
  reading ??= readFile(PATH, 'utf8')
    .catch(() => '')
    .finally(() => (reading = undefined));
  return reading;
}

/** Returns the addresses of a name in the machine's hosts file, or undefined. The name must be in lower case. */
export async function readHostsFile(
  name: string,
): Promise<{ addresses: readonly string[]; ttlMs: number } | undefined> {
  const addresses = findInHosts(await readText(), name);
  return addresses.length === 0 ? undefined : { addresses, ttlMs: KEPT_MS };
}

/** Returns the addresses of a name. @param text in the form of hosts(5): each line has an address and its names. */
export function findInHosts(text: string, name: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((known) => known.toLowerCase() === name) ? [address] : [];
  });
}
