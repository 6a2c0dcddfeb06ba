import type { Clock } from '../../lib/domain/clock.ts';
import type { CallTarget } from '../../lib/outgoing/call-target.ts';
import { makeCallTarget } from '../../lib/outgoing/target-call.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import { createNameServers, makeResolveName, type ResolveName } from '../../lib/outgoing/resolve-name.ts';
import { createTargetAgent } from '../../lib/outgoing/target-agent.ts';

/**
 * Composes the HTTP client that calls the jobs' targets, with its own connections.
 *
 * @param parts.resolveName by default asks the host's name servers.
 */
export function composeCallTarget(parts: {
  policy: OutgoingPolicy;
  clock: Clock;
  resolveName?: ResolveName;
}): { callTarget: CallTarget; closeConnections: () => void } {
  const { policy, clock } = parts;
  const { resolveName = makeResolveName({ nameServers: createNameServers(), clock }) } = parts;
  const agent = createTargetAgent({ policy, resolveName });
  return { callTarget: makeCallTarget(agent), closeConnections: agent.destroy };
}
