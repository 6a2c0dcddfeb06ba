import { outgoingSchema } from '../../lib/config/outgoing.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';

/** Parses a policy from the texts of its settings. */
export const policyOf = (networks: string, ports?: string, own?: string): OutgoingPolicy =>
  outgoingSchema.parse({
    BELFRY_ALLOWED_NETWORKS: networks,
    BELFRY_ALLOWED_PORTS: ports,
    BELFRY_OWN_NETWORKS: own,
  }).outgoing;

/** The policy of the local run, because tests have their targets on loopback. */
export const loopbackPolicy: OutgoingPolicy = outgoingSchema.parse(LOCAL_TARGETS).outgoing;

/** A resolver that fails, for targets that are called by their address. */
export const noNames = async (): Promise<never> => {
  throw new Error('a test looked up a name');
};
