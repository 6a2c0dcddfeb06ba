import { outgoingSchema } from '../../lib/config/outgoing.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';

/** As the settings read. */
export const policyOf = (networks: string, ports?: string, own?: string): OutgoingPolicy =>
  outgoingSchema.parse({
    BELFRY_ALLOWED_NETWORKS: networks,
    BELFRY_ALLOWED_PORTS: ports,
    BELFRY_OWN_NETWORKS: own,
  }).outgoing;

/** The local run's: tests have their targets on loopback. */
export const loopbackPolicy: OutgoingPolicy = outgoingSchema.parse(LOCAL_TARGETS).outgoing;

/** For targets that are called by their address. */
export const noNames = async (): Promise<never> => {
  throw new Error('a test looked up a name');
};
