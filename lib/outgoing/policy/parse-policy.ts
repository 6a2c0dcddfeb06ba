import { type Network, parseNetwork } from './network.ts';
import { canBeOpened, type PortRange } from './policy.ts';

/** The entries of an allow-list, or the position (from 1) of the first invalid entry. */
type Parsed<T> = { entries: T[]; badEntry?: undefined } | { badEntry: number };

/** Parses networks such as `10.0.0.0/8`, and single addresses, separated by commas. An empty text is an empty list. */
export function parseNetworks(text: string): Parsed<Network> {
  return parseList(text, (entry) => {
    const network = parseNetwork(entry);
    return network !== undefined && canBeOpened(network) ? network : undefined;
  });
}

/** Parses ports, and ranges such as `8000-8999`, separated by commas. */
export function parsePorts(text: string): Parsed<PortRange> {
  return parseList(text, (entry) => {
    const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? [];
    const [first, last] = [Number(from), Number(to)];
    return 1 <= first && first <= last && last <= 65_535 ? { first, last } : undefined;
  });
}

function parseList<T>(text: string, parseEntry: (entry: string) => T | undefined): Parsed<T> {
  const entries: T[] = [];
  if (text.trim() === '') return { entries };
  for (const [index, entry] of text.split(',').entries()) {
    const parsed = parseEntry(entry.trim());
    if (parsed === undefined) return { badEntry: index + 1 };
    entries.push(parsed);
  }
  return { entries };
}
