import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../../lib/outgoing/policy/network.ts';
import { parseNetworks, parsePorts } from '../../../../lib/outgoing/policy/parse-policy.ts';
import { isPortAllowed } from '../../../../lib/outgoing/policy/policy.ts';
import { policyOf } from '../../../support/outgoing.ts';

describe('the allowed networks', () => {
  test.each([
    ['', []],
    [' ', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    [' 10.0.0.0/8 , fd00::/8,::1 ', ['10.0.0.0/8', 'fd00::/8', '::1/128']],
    ['192.168.1.1', ['192.168.1.1/32']],
    ['0.0.0.0/0,::/0', ['0.0.0.0/0', '::/0']],
    ['10.128.0.0/9', ['10.128.0.0/9']],
    ['2600:f000::/20', ['2600:f000::/20']],
  ])('the allowed networks %j are parsed as %j', (text, networks) => {
    const entries = networks.map((network) => parseNetwork(network));
    expect(entries).not.toContain(undefined);
    expect(parseNetworks(text)).toEqual({ entries });
  });

  test.each([
    ['10.0.0.1/8', 1],
    ['10.0.0.0/8,', 2],
    [',10.0.0.0/8', 1],
    ['10.0.0.0/8;fd00::/8', 1],
    ['10.0.0.0/8 fd00::/8', 1],
    ['::1,10.0.0.0/33', 2],
    ['fd00::/129', 1],
    ['10.0.0.0/08', 1],
    ['10.0.0.0/', 1],
    ['10.0.0.0/-1', 1],
    ['10.0.0.0/8/8', 1],
    ['10.0.0.0/255.0.0.0', 1],
    ['10/8', 1],
    ['010.0.0.0/8', 1],
    ['10.64.0.0/9', 1],
    ['fd00::1/64', 1],
    ['[::1]', 1],
    ['fe80::%eth0/10', 1],
    ['localhost', 1],
    ['*.internal', 1],
    // Never allowed, so that listing it would be a mistake.
    ['224.0.0.0/4', 1],
    ['0.0.0.0', 1],
    ['::', 1],
    ['::ffff:10.0.0.0/104', 1],
    ['64:ff9b::a00:0/104', 1],
  ])('%j are not networks: entry %i is wrong', (text, badEntry) => {
    expect(parseNetworks(text)).toEqual({ badEntry });
  });
});

describe('the allowed ports', () => {
  test('the allowed ports are the usual ones by default', () => {
    const allowed = [1, 22, 25, 53, 79, 80, 81, 443, 445, 1_023, 1_024, 3_000, 8_080, 65_535].filter((port) =>
      isPortAllowed(policyOf(''), port),
    );
    expect(allowed).toEqual([80, 443, 1_024, 3_000, 8_080, 65_535]);
  });

  test('the allowed ports can be set', () => {
    const policy = policyOf('', '443, 8000-8001');
    expect([443, 8_000, 8_001].every((port) => isPortAllowed(policy, port))).toBe(true);
    expect([80, 442, 444, 7_999, 8_002].some((port) => isPortAllowed(policy, port))).toBe(false);
  });

  test.each([
    ['0', 1],
    ['80,65536', 2],
    ['443-80', 1],
    ['80-', 1],
    ['-80', 1],
    ['80-90-100', 1],
    ['http', 1],
    ['*', 1],
    ['80,,443', 2],
    ['8e1', 1],
    ['+80', 1],
    ['80.0', 1],
  ])('%j are not ports: entry %i is wrong', (text, badEntry) => {
    expect(parsePorts(text)).toEqual({ badEntry });
  });
});
