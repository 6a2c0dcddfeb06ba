import { BlockList, isIP } from 'node:net';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../../lib/outgoing/policy/network.ts';
import { canBeOpened, isAddressAllowed } from '../../../../lib/outgoing/policy/policy.ts';
import { policyOf } from '../../../support/outgoing.ts';
import { embeddings, spellings } from './addresses.ts';
import { metadata, notAddresses, otherClosed, publicAddresses, specialPurpose } from './corpus.ts';

const publicOnly = policyOf('');
const isPublic = (address: string) => isAddressAllowed(publicOnly, address);

const closed = [...specialPurpose.ipv4, ...specialPurpose.ipv6, ...otherClosed];
const bitsOf = (address: string) => (address.includes(':') ? 128 : 32);

/** Any address of a network, its first and last more often than others. */
const addressIn = (network: string): fc.Arbitrary<string> => {
  const { address, prefixLength } = parseNetwork(network)!;
  const first = BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`);
  const bits = bitsOf(network);
  const size = 1n << BigInt(bits - prefixLength);
  return fc.bigInt({ min: 0n, max: size - 1n }).map((offset) => {
    const hex = (first + offset).toString(16).padStart(bits / 4, '0');
    return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString();
  });
};
const ipv4 = addressIn('0.0.0.0/0');
const ipv6 = fc.oneof(addressIn('::/0'), addressIn('2000::/3'));
const closedAddress = fc.constantFrom(...closed).chain(addressIn);
const closedIpv4 = fc.constantFrom(...specialPurpose.ipv4, '224.0.0.0/4').chain(addressIn);

describe('an address', () => {
  test.each(publicAddresses)('%s is a public address', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test.each(closed)('no address of %s is public, from the first to the last', (network) => {
    const { address, prefixLength } = parseNetwork(network)!;
    const bytes = address.toByteArray();
    const last = bytes.map(
      (byte, index) => byte | (0xff >> Math.min(Math.max(prefixLength - index * 8, 0), 8)),
    );
    expect(isPublic(address.toString())).toBe(false);
    expect(isPublic(ipaddr.fromByteArray(last).toString())).toBe(false);
  });

  test.each(metadata)('%s is not a public address: %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each(notAddresses)('%j is not an address', (text) => {
    expect(isPublic(text)).toBe(false);
    expect(isAddressAllowed(policyOf('0.0.0.0/0,::/0'), text)).toBe(false);
  });

  test('an address of a closed network is never public', () => {
    fc.assert(
      fc.property(closedAddress, (address) => !isPublic(address)),
      { numRuns: 2_000 },
    );
  });

  test('an address that is not public does not hide in any IPv6 address', () => {
    const property = fc.property(closedIpv4, (address) =>
      embeddings(address).every((embedded) => !isPublic(embedded)),
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('a public address is called through another spelling only by NAT64', () => {
    const property = fc.property(ipv4, (address) => {
      const called = embeddings(address).filter(isPublic);
      expect(called).toEqual(isPublic(address) ? [embeddings(address)[0]] : []);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('an address is judged the same in every spelling that a URL may have', () => {
    const property = fc.property(fc.oneof(ipv4, ipv6, closedAddress), (address) => {
      for (const host of spellings(address)) {
        const { hostname } = new URL(`http://${host}/`);
        expect([host, isPublic(hostname.replace(/^\[|\]$/g, ''))]).toEqual([host, isPublic(address)]);
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  test("an address is public unless the registries list it, by Node's own lists, and never where ipaddr.js calls it special", () => {
    const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
    for (const network of closed) {
      const { address, prefixLength } = parseNetwork(network)!;
      lists[address.kind()].addSubnet(address.toString(), prefixLength, address.kind());
    }
    const givenOut = new BlockList();
    givenOut.addSubnet('2000::', 3, 'ipv6');
    const property = fc.property(fc.oneof(ipv4, ipv6, closedAddress), (address) => {
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      const isGivenOut = family === 'ipv4' || givenOut.check(address, 'ipv6');
      const isSpecial = !isGivenOut || lists[family].check(address, family);
      expect([address, isPublic(address)]).toEqual([address, !isSpecial]);
      if (ipaddr.parse(address).range() !== 'unicast') expect([address, isSpecial]).toEqual([address, true]);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});

describe('an allowed network', () => {
  const allows = (networks: string, address: string) => isAddressAllowed(policyOf(networks), address);

  test('an allowed network allows its own addresses and no others', () => {
    expect(allows('10.1.0.0/16', '10.1.255.255')).toBe(true);
    expect(allows('10.1.0.0/16', '10.2.0.0')).toBe(false);
    expect(allows('fd12::/16,10.0.0.7', 'fd12::1')).toBe(true);
    expect(allows('fd12::/16,10.0.0.7', '10.0.0.7')).toBe(true);
    expect(allows('fd12::/16,10.0.0.7', '10.0.0.8')).toBe(false);
    expect(allows('10.0.0.0/8', '64:ff9b::10.0.0.1')).toBe(true);
    expect(allows('10.0.0.0/8', '8.8.8.8')).toBe(true);
  });

  test('an allowed network allows loopback, link-local addresses and metadata only when it is no wider than they are', () => {
    for (const [address] of metadata) {
      expect([address, allows('0.0.0.0/0,::/0', address)]).toEqual([address, false]);
      expect([address, allows(address, address)]).toEqual([address, true]);
    }
    expect(allows('100.64.0.0/10', '100.100.100.200')).toBe(false);
    expect(allows('100.64.0.0/10', '100.100.100.201')).toBe(true);
    expect(allows('fd00::/8', 'fd00:ec2::254')).toBe(false);
    expect(allows('fd00::/8', 'fd00:ec3::254')).toBe(true);
    expect(allows('fd00::/8,fd00:ec2::/32', 'fd00:ec2::254')).toBe(true);
    expect(allows('127.0.0.0/8', '127.0.0.1')).toBe(true);
    expect(allows('126.0.0.0/7', '127.0.0.1')).toBe(false);
    expect(allows('::1', '::1')).toBe(true);
  });

  test.each([
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'ff02::1',
    '::ffff:10.0.0.1',
    '2002:a00:1::',
    '2001::1',
  ])('an allowed network never allows %s', (address) => {
    expect(allows('0.0.0.0/0,::/0,::/96', address)).toBe(false);
  });

  test('allowing every network opens no way around the networks that stay closed', () => {
    const guarded = fc.constantFrom('127.0.0.0/8', '169.254.0.0/16', '100.100.100.200/32').chain(addressIn);
    const everything = policyOf('0.0.0.0/0,::/0');
    const property = fc.property(guarded, (address) =>
      embeddings(address).every((embedded) => !isAddressAllowed(everything, embedded)),
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('an allowed network never closes an address', () => {
    const openable = closed.filter((network) => canBeOpened(parseNetwork(network)!));
    const property = fc.property(fc.subarray(openable), fc.oneof(ipv4, ipv6), (networks, address) => {
      if (isPublic(address)) expect(allows(networks.join(','), address)).toBe(true);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("Belfry's own network", () => {
  const own = '10.40.0.0/16';
  const inOwn = addressIn(own);

  test("Belfry's own network stays closed to a wider allowed network, and the rest of that network is allowed", () => {
    const policy = policyOf('10.0.0.0/8,0.0.0.0/0', undefined, own);
    fc.assert(fc.property(inOwn, (address) => !isAddressAllowed(policy, address)));
    expect(isAddressAllowed(policy, '10.41.0.1')).toBe(true);
    expect(isAddressAllowed(policy, '::ffff:10.40.0.1')).toBe(false);
    expect(isAddressAllowed(policy, '64:ff9b::10.40.0.1')).toBe(false);
  });

  test("Belfry's own network is allowed when it is listed itself, and so is a part of it", () => {
    fc.assert(fc.property(inOwn, (address) => isAddressAllowed(policyOf(own, undefined, own), address)));
    const part = policyOf('10.0.0.0/8,10.40.7.0/24', undefined, own);
    expect(isAddressAllowed(part, '10.40.7.9')).toBe(true);
    expect(isAddressAllowed(part, '10.40.8.9')).toBe(false);
  });

  test("Belfry's own network allows nothing by itself", () => {
    fc.assert(fc.property(inOwn, (address) => !isAddressAllowed(policyOf('', undefined, own), address)));
  });
});
