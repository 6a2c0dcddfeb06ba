import * as z from 'zod';
import { parseNetworks, parsePorts } from '../outgoing/policy/parse-policy.ts';

/** The web's two, and those that need no privilege to listen on: not mail, SSH, DNS or file shares. */
const DEFAULT_PORTS = '80,443,1024-65535';

const NETWORKS_REMEDY =
  'is no network that could be called; write networks such as 10.0.0.0/8 and fd00::/8, without bits set beyond the ' +
  'prefix, and single addresses, with commas in between';
const PORTS_REMEDY =
  'is no port; write numbers from 1 to 65535 and ranges such as 8000-8999, with commas in between';

/** Where requests may go beside public addresses, and by which ports. */
export const outgoingSchema = z
  .object({
    BELFRY_ALLOWED_NETWORKS: list(parseNetworks, NETWORKS_REMEDY).prefault(''),
    /** Networks that Belfry itself is in. A wider one among those that are allowed does not open them. */
    BELFRY_OWN_NETWORKS: list(parseNetworks, NETWORKS_REMEDY).prefault(''),
    BELFRY_ALLOWED_PORTS: list(parsePorts, PORTS_REMEDY).prefault(DEFAULT_PORTS),
  })
  .transform((env) => ({
    outgoing: {
      openNetworks: env.BELFRY_ALLOWED_NETWORKS,
      ownNetworks: env.BELFRY_OWN_NETWORKS,
      ports: env.BELFRY_ALLOWED_PORTS,
    },
  }));

function list<T>(parse: (text: string) => { entries: T[] } | { badEntry: number }, remedy: string) {
  return z.string().transform((text, ctx): T[] => {
    const parsed = parse(text);
    if ('entries' in parsed) return parsed.entries;
    ctx.issues.push({
      code: 'custom',
      input: text,
      message: `has an entry (${parsed.badEntry}) that ${remedy}`,
    });
    return z.NEVER;
  });
}
