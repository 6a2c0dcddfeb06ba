import { Resolver } from 'node:dns/promises';
import type { Clock } from '../domain/clock.ts';
import { askFamilies, type NameRecord, type NameServers } from './ask-families.ts';
import { readHostsFile } from './hosts-file.ts';
import { knownAddresses } from './known-addresses.ts';

/** All the addresses of a host, at least one, IPv4 first. Rejects with an error that has a `code`. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

type Answer = { addresses: readonly string[]; ttlMs: number };
type Kept = {
  answer: Promise<Answer>;
  endsMs: number;
  /** IPv6 did not answer in time, so that the next look-up does not wait for it. */
  lacksIpv6: boolean;
};

/** Names looked up at once, and answers kept, at most. */
const MAX_NAMES = 1_000;
/** A burst to one host asks once; an answer is never much older than its owner wants, nor than a retry. */
const LONGEST_KEPT_MS = 10_000;

/**
 * Looks names up in the machine's hosts file and by its name servers, both families at once, each name once at a time. An
 * IPv6 that is silent holds up IPv4's answer for 50 ms, and only the first time; what it says later is added.
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

  const lookUp = async (name: string, entry: Kept): Promise<Answer> => {
    const known = await readHostsFile(name);
    if (known !== undefined) return known;
    const { records, late } = await askFamilies(nameServers, name, { waitsForIpv6: !entry.lacksIpv6 });
    entry.lacksIpv6 = late !== undefined;
    void late?.then((all) => complete(entry, all));
    return toAnswer(records);
  };

  /** What comes late is used, and judged, by the next connections. */
  const complete = (entry: Kept, records: NameRecord[]): void => {
    const answer = toAnswer(records);
    entry.answer = Promise.resolve(answer);
    entry.endsMs = Math.min(entry.endsMs, endOf(answer));
  };

  const endOf = ({ ttlMs }: Answer): number => clock.nowMs() + Math.min(ttlMs, LONGEST_KEPT_MS);

  const keep = (name: string): Promise<Answer> => {
    const known = kept.get(name);
    if (known !== undefined && clock.nowMs() < known.endsMs) return known.answer;
    kept.delete(name);
    makeRoom(kept);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const entry: Kept = { answer: promise, endsMs: Infinity, lacksIpv6: known?.lacksIpv6 ?? false };
    kept.set(name, entry);
    const looking = lookUp(name, entry);
    looking.then(
      (answer) => (entry.endsMs = endOf(answer)),
      () => kept.delete(name),
    );
    looking.then(resolve, reject);
    return promise;
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

function toAnswer(records: readonly NameRecord[]): Answer {
  return {
    addresses: records.map(({ address }) => address),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
  };
}
