import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

const PATH = '/etc/hosts';
const KEPT_MS = 1_000;

let reading: Promise<string> | undefined;

/** One descriptor, however many names are looked up at once: the reading under way serves all who ask meanwhile. */
function readText(): Promise<string> {
  reading ??= readFile(PATH, 'utf8')
    .catch(() => '')
    .finally(() => (reading = undefined));
  return reading;
}

/** What the machine's hosts file says of a name; undefined when nothing. The name is in lower case. */
export async function readHostsFile(
  name: string,
): Promise<{ addresses: readonly string[]; ttlMs: number } | undefined> {
  const addresses = findInHosts(await readText(), name);
  return addresses.length === 0 ? undefined : { addresses, ttlMs: KEPT_MS };
}

/** @param text in the form of hosts(5): an address and its names a line. */
export function findInHosts(text: string, name: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((known) => known.toLowerCase() === name) ? [address] : [];
  });
}
