import * as z from 'zod';
import { parseNetworks, parsePorts } from '../outgoing/policy/parse-policy.ts';
import { variableFacts } from './variables.ts';

/** The two ports of the web, and all unprivileged ports. These exclude mail, SSH, DNS and file shares. */
const DEFAULT_PORTS = '80,443,1024-65535';

const NETWORKS_REMEDY =
  'is not a network that jobs can call; write networks such as 10.0.0.0/8 and fd00::/8, with no bits set after the ' +
  'prefix, and single addresses, separated by commas';
const PORTS_REMEDY =
  'is not a port; write numbers from 1 to 65535 and ranges such as 8000-8999, separated by commas';

/** The networks that jobs may call in addition to public addresses, and the ports. */
export const outgoingSchema = z
  .object({
    BELFRY_ALLOWED_NETWORKS: list(parseNetworks, NETWORKS_REMEDY)
      .prefault('')
      .register(variableFacts, {
        does: 'Networks that jobs may call in addition to public addresses.',
        usedBy: ['api', 'worker', 'declared-jobs'],
        values: 'networks and addresses, with commas between them',
        default: 'none',
        onAws: '`-c allowedNetworks`, `outgoing.networks`',
      }),
    BELFRY_OWN_NETWORKS: list(parseNetworks, NETWORKS_REMEDY)
      .prefault('')
      .register(variableFacts, {
        does: 'Networks that Belfry itself is in. A wider allowed network does not open them; only one that is no wider does.',
        usedBy: ['api', 'worker', 'declared-jobs'],
        values: 'networks and addresses, with commas between them',
        default: 'none',
        onAws: "the stack: the VPC's range",
      }),
    BELFRY_ALLOWED_PORTS: list(parsePorts, PORTS_REMEDY)
      .prefault(DEFAULT_PORTS)
      .register(variableFacts, {
        does: 'Ports that jobs may call.',
        usedBy: ['api', 'worker', 'declared-jobs'],
        values: 'ports and ranges, with commas between them',
        default: DEFAULT_PORTS,
        onAws: '`-c allowedPorts`, `outgoing.ports`',
      }),
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
