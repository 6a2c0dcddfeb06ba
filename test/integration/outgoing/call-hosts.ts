import { readdirSync } from 'node:fs';
import { describeFailure } from '../../../lib/domain/retry.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { descriptors } from '../../../lib/topology.ts';
import { loopbackPolicy, noNames } from '../../support/outgoing.ts';

/**
 * A program that calls the given number of loopback hosts at the port, as many at the same time as a worker may, and the hosts of
 * the first round once more. It prints the outcomes, and the largest number of descriptors that were open.
 */

const [, , port, hosts = '0'] = process.argv;
const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
const callTarget = makeCallTarget(agent);
const outcomes: Record<string, number> = {};
let mostOpen = 0;
let next = 0;

async function lane(): Promise<void> {
  for (let host = next++; host < 2 * Number(hosts); host = next++) {
    const result = await callTarget({
      url: `http://127.1.${(host >> 8) & 7}.${host & 255}:${port}/`,
      method: 'GET',
      headers: {},
      body: null,
      timeoutMs: 30_000,
      isRepeatable: true,
    });
    const outcome = result.kind === 'answered' ? 'succeeded' : describeFailure(result);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (host % 50 === 0) mostOpen = Math.max(mostOpen, readdirSync('/proc/self/fd').length);
  }
}

await Promise.all(Array.from({ length: descriptors.maxInFlight }, lane));
process.stdout.write(JSON.stringify({ outcomes, mostOpen }));
agent.destroy();
