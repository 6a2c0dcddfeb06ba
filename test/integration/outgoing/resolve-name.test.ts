import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardLookup } from '../../../lib/outgoing/guard-connector.ts';
import { makeResolveName } from '../../../lib/outgoing/resolve-name.ts';
import { startDnsServer, type DnsServer } from '../../support/dns-server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { policyOf } from '../../support/outgoing.ts';

let dns: DnsServer;
let clock: ManualClock;

beforeEach(async () => {
  dns = await startDnsServer();
  clock = new ManualClock();
});
afterEach(() => dns.close());

describe('a look-up of a host name', () => {
  const lookUp = (hostname: string): Promise<unknown> => {
    const resolveName = makeResolveName({ nameServers: dns.resolver, clock });
    return new Promise((resolve) => {
      guardLookup(policyOf(''), resolveName)(hostname, { all: true }, (error, addresses) =>
        resolve(error?.message ?? addresses),
      );
    });
  };

  test('a look-up returns all addresses of a public name, IPv4 first', async () => {
    dns.answer('public.test', { addresses: ['2606:4700::1111', '93.184.216.34', '1.1.1.1'] });
    expect(await lookUp('public.test')).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
  });

  test('a look-up also returns IPv6 addresses that arrive late', async () => {
    const resolveName = makeResolveName({ nameServers: dns.resolver, clock });
    dns.answer('late.test', { addresses: ['1.1.1.1'] });
    dns.answer('late.test', 'silence', 'AAAA');
    expect(await resolveName('late.test')).toEqual(['1.1.1.1']);
    dns.breakSilence('late.test', { addresses: ['2606:4700::1111'], ttlSeconds: 3 }, 'AAAA');
    await expect.poll(() => resolveName('late.test')).toEqual(['1.1.1.1', '2606:4700::1111']);
    // They are kept for the shorter of the two lifetimes.
    await clock.advanceBy(3_000);
    expect(await resolveName('late.test')).toEqual(['1.1.1.1']);
  });

  test('a look-up waits for IPv4 after IPv6 has answered', async () => {
    const resolveName = makeResolveName({ nameServers: dns.resolver, clock });
    dns.answer('slow.test', 'silence');
    dns.answer('slow.test', { addresses: ['2606:4700::1111'] }, 'AAAA');
    const resolving = resolveName('slow.test');
    await expect.poll(() => dns.questions).toContain('A slow.test');
    dns.breakSilence('slow.test', { addresses: ['1.1.1.1'] }, 'A');
    expect(await resolving).toEqual(['1.1.1.1', '2606:4700::1111']);
  });

  test('a look-up uses only IPv6 when IPv4 does not answer in time', async () => {
    const resolveName = makeResolveName({ nameServers: dns.resolver, clock });
    dns.answer('half.test', 'silence');
    dns.answer('half.test', { addresses: ['2606:4700::1111'] }, 'AAAA');
    expect(await resolveName('half.test')).toEqual(['2606:4700::1111']);
  });

  test('a look-up returns no address of a name that is no longer public', async () => {
    dns.answer('rebound.test', { addresses: ['93.184.216.34'], ttlSeconds: 0 });
    expect(await lookUp('rebound.test')).toEqual([{ address: '93.184.216.34', family: 4 }]);
    dns.answer('rebound.test', { addresses: ['127.0.0.1'], ttlSeconds: 0 });
    expect(await lookUp('rebound.test')).toContain('not public');
  });
});

test('concurrent look-ups and stored answers are limited in number', async () => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const asked: string[] = [];
  const nameServers = {
    resolve4: async (name: string) => {
      asked.push(name);
      await released;
      return [{ address: '93.184.216.34', ttl: 60 }];
    },
    resolve6: async () => [],
  };
  const resolveName = makeResolveName({ nameServers, clock });
  const names = Array.from({ length: 1_000 }, (_, index) => `name-${index}.test`);
  const waiting = names.map((name) => resolveName(name));
  await expect(resolveName('one-more.test')).rejects.toMatchObject({ code: 'EBUSY' });
  release();
  await Promise.all(waiting);
  await resolveName('one-more.test');
  await resolveName('name-999.test');
  expect(asked).toHaveLength(1_001);
  // The oldest answer has made room.
  await resolveName('name-0.test');
  expect(asked).toHaveLength(1_002);
});
