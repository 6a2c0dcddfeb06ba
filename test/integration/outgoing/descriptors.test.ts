import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { descriptors } from '../../../lib/topology.ts';
import { until } from '../../support/waiting.ts';
import { loopbackPolicy, noNames, policyOf } from '../../support/outgoing.ts';
import { startRawTarget } from '../../support/raw-target.ts';
import { startTarget } from '../../support/target.ts';

const HOSTS = 1_300;

const request = { method: 'GET', headers: {}, body: null, timeoutMs: 5_000, isRepeatable: true } as const;

test.skipIf(process.platform !== 'linux')(
  'a worker that may open 1,024 descriptors calls any number of hosts',
  async () => {
    // Every address of 127.0.0.0/8 is this machine.
    const target = await startTarget('0.0.0.0');
    const { port } = new URL(target.url);
    const program = new URL('./call-hosts.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `ulimit -n ${descriptors.lambda} && exec "$0" "$@"`,
      process.execPath,
      program,
      port,
      String(HOSTS),
    ]);
    const { outcomes, mostOpen } = JSON.parse(stdout);
    expect(outcomes).toEqual({ succeeded: 2 * HOSTS });
    // Otherwise the test would have shown nothing.
    expect(mostOpen).toBeGreaterThan(descriptors.connections);
    expect(mostOpen).toBeLessThan(descriptors.connections + 40);
    await target.close();
  },
  120_000,
);

test('the oldest idle connection is closed to make room, and never a connection in use', async () => {
  const [first, second, third] = [await startTarget(), await startTarget(), await startTarget()];
  const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames, maxConnections: 2 });
  const callTarget = makeCallTarget(agent);
  for (const { url } of [first, second, third]) await callTarget({ ...request, url });
  expect(agent.openCount()).toBe(2);

  first.answerWith('hang');
  second.answerWith('hang');
  const hanging = [first, second].map(({ url }) => callTarget({ ...request, url }));
  await until(() => first.requests.length === 2 && second.requests.length === 2);
  expect(await callTarget({ ...request, url: third.url })).toMatchObject({
    kind: 'connectionFailed',
    cause: 'EBUSY',
  });
  for (const target of [first, second]) target.cut();
  await Promise.all(hanging);
  expect(await callTarget({ ...request, url: third.url })).toMatchObject({ kind: 'answered' });
  agent.destroy();
  for (const target of [first, second, third]) await target.close();
});

test('a connection that is still being opened is closed with its request', async () => {
  // A server that says nothing, so that the TLS handshake does not end.
  const silent = await startRawTarget(() => {});
  const agent = createTargetAgent({ policy: policyOf('127.0.0.1', '1-65535'), resolveName: noNames });
  const url = silent.url.replace('http:', 'https:');
  const result = makeCallTarget(agent)({ ...request, url, timeoutMs: 200 });
  await until(() => silent.openConnections() === 1);
  expect(await result).toMatchObject({ kind: 'timedOut', timeoutMs: 200 });
  expect(agent.openCount()).toBe(0);
  await until(() => silent.openConnections() === 0);
  await silent.close();
});
