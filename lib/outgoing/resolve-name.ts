import { Resolver } from 'node:dns/promises';
import type { Clock } from '../domain/clock.ts';
import { askFamilies, type NameRecord, type NameServers } from './ask-families.ts';
import { readHostsFile } from './hosts-file.ts';
import { knownAddresses } from './known-addresses.ts';

/** Resolves with all addresses of a host, at least one, IPv4 first. Rejects with an error that has a `code`. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

type Answer = { addresses: readonly string[]; ttlMs: number };
type Kept = {
  answer: Promise<Answer>;
  endsMs: number;
  /** True if IPv6 did not answer in time. The next look-up then does not wait for it. */
  lacksIpv6: boolean;
};

/** Maximum number of names, both kept answers and look-ups in progress. */
const MAX_NAMES = 1_000;
/** Longest time for which an answer is kept. A burst to one host asks once, and a retry rarely uses an old answer. */
const LONGEST_KEPT_MS = 10_000;

/**
 * Makes the function that looks names up in the machine's hosts file and with its name servers. It asks for IPv4 and IPv6 at
 * the same time. Concurrent look-ups of one name share one question. If IPv6 does not answer, it delays the IPv4 answer by 50
 * ms, only the first time; a late IPv6 answer is added.
 *
 * It does not use getaddrinfo, which occupies one of Node's four threads until it ends and cannot be cancelled. Four names
 * whose servers do not answer would block every other look-up: with eight such names, measured, for 40 s, and here for 0 s.
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

  /** Adds a late answer. The next connections check and use it. */
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

/** Creates a resolver for the name servers in resolv.conf. A look-up without an answer fails after 6 s for each server. */
export const createNameServers = (): NameServers => new Resolver({ timeout: 1_000, tries: 3 });

/** Removes the oldest answers to make room for a new one. Look-ups in progress stay. @throws Error EBUSY if they fill the map. */
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
