export type NameRecord = { address: string; ttl: number };

type Ask = (name: string, options: { ttl: true }) => Promise<NameRecord[]>;
/** What there must be of `dns.promises.Resolver`. */
export type NameServers = { resolve4: Ask; resolve6: Ask };

/** How long IPv4's answer waits for IPv6's: the Resolution Delay of RFC 8305, section 3. */
const RESOLUTION_DELAY_MS = 50;

export type FamiliesAnswer = {
  /** At least one; IPv4 first. */
  records: NameRecord[];
  /** The records of both families, once IPv6's answer or failure has come; undefined when it is in `records`. */
  late: Promise<NameRecord[]> | undefined;
};

/**
 * Asks for the addresses of both families at once. When there is one of IPv4, IPv6 has 50 ms more: a name server that
 * is silent about AAAA, a common fault, must not hold up a name that has an A. IPv4 is waited for in any case, since there
 * are machines that reach nothing else; one that reaches IPv6 alone misses it once, where it is that slow.
 *
 * @param options.waitsForIpv6 false when it did not answer in time the last time.
 * @throws what IPv4's question failed with, where neither family has an address.
 */
export async function askFamilies(
  nameServers: NameServers,
  name: string,
  { waitsForIpv6 }: { waitsForIpv6: boolean },
): Promise<FamiliesAnswer> {
  let late: NameRecord[] | undefined;
  const v6 = nameServers.resolve6(name, { ttl: true }).then(
    (records) => (late = records),
    () => (late = []),
  );
  const [v4] = await Promise.allSettled([nameServers.resolve4(name, { ttl: true })]);
  const first = v4.status === 'fulfilled' ? v4.value : [];
  if (first.length === 0) await v6;
  else if (waitsForIpv6) await orAfter(RESOLUTION_DELAY_MS, v6);
  if (late === undefined) return { records: first, late: v6.then((records) => [...first, ...records]) };
  const records = [...first, ...late];
  if (records.length > 0) return { records, late: undefined };
  if (v4.status === 'rejected') throw v4.reason;
  throw Object.assign(new Error(`${name} has no address`), { code: 'ENODATA' });
}

async function orAfter(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, passed]);
  clearTimeout(timer);
}
