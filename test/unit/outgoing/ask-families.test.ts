import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askFamilies, type NameRecord } from '../../../lib/outgoing/ask-families.ts';
import { makeResolveName } from '../../../lib/outgoing/resolve-name.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const A = { address: '1.1.1.1', ttl: 1 };
const AAAA = { address: '2606:4700::1111', ttl: 1 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function makeServers() {
  const v6 = Promise.withResolvers<NameRecord[]>();
  return { v6, resolve4: async () => [A], resolve6: () => v6.promise };
}

const failure = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe('a look-up of both address families', () => {
  test('a look-up waits 50 ms for IPv6 when IPv4 has answered, and then uses IPv4', async () => {
    const servers = makeServers();
    const asking = askFamilies(servers, 'half.test', { waitsForIpv6: true });
    let hasEnded = false;
    void asking.then(() => (hasEnded = true));
    await vi.advanceTimersByTimeAsync(49);
    expect(hasEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await asking).records).toEqual([A]);
    servers.v6.resolve([AAAA]);
    expect(await (await asking).late).toEqual([A, AAAA]);
  });

  test('a look-up has both families when IPv6 answers in time', async () => {
    const servers = makeServers();
    const asking = askFamilies(servers, 'both.test', { waitsForIpv6: true });
    await vi.advanceTimersByTimeAsync(49);
    servers.v6.resolve([AAAA]);
    expect(await asking).toEqual({ records: [A, AAAA], late: undefined });
  });

  test('a late failure of a family counts as no address', async () => {
    const servers = makeServers();
    const { late } = await askFamilies(servers, 'half.test', { waitsForIpv6: false });
    servers.v6.reject(new Error('ETIMEOUT'));
    expect(await late).toEqual([A]);
  });

  test('a look-up fails as IPv4 did when no family has an address', async () => {
    const servers = { resolve4: () => failure('ESERVFAIL'), resolve6: () => failure('ENODATA') };
    await expect(askFamilies(servers, 'none.test', { waitsForIpv6: true })).rejects.toMatchObject({
      code: 'ESERVFAIL',
    });
  });
});

test('a name whose IPv6 did not answer in time is not waited for when its answer has expired', async () => {
  const clock = new ManualClock();
  const resolveName = makeResolveName({ nameServers: makeServers(), clock });
  // Lets the awaited time pass.
  expect(await vi.waitUntil(async () => resolveName('half.test'))).toEqual(['1.1.1.1']);
  for (let times = 0; times < 3; times += 1) {
    await clock.advanceBy(1_000);
    expect(await resolveName('half.test')).toEqual(['1.1.1.1']);
    expect(vi.getTimerCount()).toBe(0);
  }
});
