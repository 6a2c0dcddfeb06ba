export type NameRecord = { address: string; ttl: number };

type Ask = (name: string, options: { ttl: true }) => Promise<NameRecord[]>;
/** The part of `dns.promises.Resolver` that is used. */
export type NameServers = { resolve4: Ask; resolve6: Ask };

/** How long the IPv4 answer waits for the IPv6 answer: the Resolution Delay of RFC 8305, section 3. */
const RESOLUTION_DELAY_MS = 50;

export type FamiliesAnswer = {
  /** At least one record; IPv4 first. */
  records: NameRecord[];
  /** Resolves with the records of both families after IPv6 has answered or failed; undefined if `records` already has them. */
  late: Promise<NameRecord[]> | undefined;
};

/**
 * Asks for the IPv4 and the IPv6 addresses of a name at the same time. After an IPv4 answer, IPv6 has 50 ms more: a name
 * server that does not answer AAAA questions, a common fault, must not delay a name that has an A record. The IPv4 answer is
 * always awaited, because some machines reach only IPv4. A machine that reaches only IPv6 may fail once, if IPv6 is so slow.
 *
 * @param options.waitsForIpv6 false if IPv6 did not answer in time at the previous look-up.
 * @throws the error of the IPv4 question, if neither family has an address.
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
