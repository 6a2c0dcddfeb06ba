import { Resolver } from 'node:dns/promises';
import type { Clock } from '../../domain/clock.ts';
import { readHostsFile } from './hosts-file.ts';
import { knownAddresses } from './known-addresses.ts';

/** All the addresses of a host, at least one, IPv4 first. Rejects with an error that has a `code`. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

type Ask = (name: string, options: { ttl: true }) => Promise<{ address: string; ttl: number }[]>;
/** What there must be of `dns.promises.Resolver`. */
type NameServers = { resolve4: Ask; resolve6: Ask };

type Answer = { addresses: readonly string[]; ttlMs: number };
type Kept = { answer: Promise<Answer>; endsMs: number };

/** Names looked up at once, and answers kept, at most. */
const MAX_NAMES = 1_000;
/** A burst to one host asks once; an answer is never much older than its owner wants, nor than a retry. */
const LONGEST_KEPT_MS = 10_000;

/**
 * Looks names up in the machine's hosts file and by its name servers, both families at once, each name once at a time.
 *
 * Not by getaddrinfo: it takes one of Node's four threads until it is done, so that four names whose servers do not answer
 * stop every other look-up (for 40 s, measured, beside eight such names; here for 0 s), and nothing can call it off.
 */
export function makeResolveName({
  nameServers,
  clock,
}: {
  nameServers: NameServers;
  clock: Pick<Clock, 'nowMs'>;
}): ResolveName {
  const kept = new Map<string, Kept>();

  const lookUp = async (name: string): Promise<Answer> =>
    (await readHostsFile(name)) ?? (await ask(nameServers, name));

  const keep = (name: string): Promise<Answer> => {
    const nowMs = clock.nowMs();
    const known = kept.get(name);
    if (known !== undefined && nowMs < known.endsMs) return known.answer;
    kept.delete(name);
    makeRoom(kept);
    const entry: Kept = { answer: lookUp(name), endsMs: Infinity };
    kept.set(name, entry);
    entry.answer.then(
      ({ ttlMs }) => (entry.endsMs = clock.nowMs() + Math.min(ttlMs, LONGEST_KEPT_MS)),
      () => kept.delete(name),
    );
    return entry.answer;
  };

  return async (hostname) => knownAddresses(hostname) ?? (await keep(hostname.replace(/\.$/, ''))).addresses;
}

/** The machine's own: those of resolv.conf. A name that nobody answers for is given up after 6 s for each of them. */
export const createNameServers = (): NameServers => new Resolver({ timeout: 1_000, tries: 3 });

/** The oldest answer leaves for the newest; a look-up under way stays. */
function makeRoom(kept: Map<string, Kept>): void {
  for (const [name, { endsMs }] of kept) {
    if (kept.size < MAX_NAMES) return;
    if (endsMs !== Infinity) kept.delete(name);
  }
  if (kept.size >= MAX_NAMES) {
    throw Object.assign(new Error('too many names are being looked up'), { code: 'EBUSY' });
  }
}

/** One family may fail where the other answers; with neither, IPv4's failure is the one told. */
async function ask(nameServers: NameServers, name: string): Promise<Answer> {
  const [v4, v6] = await Promise.allSettled([
    nameServers.resolve4(name, { ttl: true }),
    nameServers.resolve6(name, { ttl: true }),
  ]);
  const records = [v4, v6].flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
  if (records.length === 0 && v4.status === 'rejected') throw v4.reason;
  if (records.length === 0) throw Object.assign(new Error(`${name} has no address`), { code: 'ENODATA' });
  return {
    addresses: records.map(({ address }) => address),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
  };
}
