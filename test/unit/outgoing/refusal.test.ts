import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRefusal } from '../../../lib/outgoing/refusal.ts';
import { findInHosts } from '../../../lib/outgoing/hosts-file.ts';
import { readLocalSettings } from '../../../local/settings.ts';
import { loopbackPolicy, policyOf } from '../../support/outgoing.ts';

const refusal = (url: string, policy = policyOf('')) => findRefusal(policy, new URL(url));

describe('a URL of a job', () => {
  test.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://127。0。0。1/',
    'http://①②⑦.0.0.1/',
    'http://%31%32%37.0.0.1/',
    'http://[::1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://a.localhost/',
    'http://10.0.0.1:8080/',
  ])('the URL %s is refused without a look-up', (url) => {
    expect(refusal(url)).toContain('is not a public address');
  });

  test.each([
    'http://0/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://239.255.255.250/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[ff02::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[64:ff9b::e000:1]/',
    'http://[2606:4700::5efe:a00:1]/',
  ])('the URL %s is never called, and its refusal advises no setting', (url) => {
    expect(refusal(url)).toContain('is never called, and no setting allows it');
    expect(refusal(url)).not.toContain('BELFRY_');
  });

  test('a refusal that advises a setting is lifted by that setting', () => {
    const special = fc.constantFrom(
      '10.0.0.1',
      '127.0.0.1',
      '224.0.0.1',
      '::1',
      'ff02::1',
      '64:ff9b::10.0.0.1',
    );
    fc.assert(
      fc.property(fc.oneof(special, fc.ipV4(), fc.ipV6()), fc.nat({ max: 65_535 }), (address, port) => {
        const url = new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}/`);
        const settings = { networks: '', ports: '80' };
        // The port is judged first.
        for (let step = 0; step < 2; step += 1) {
          const advice = findRefusal(policyOf(settings.networks, settings.ports), url) ?? '';
          if (advice.includes('BELFRY_ALLOWED_PORTS')) settings.ports = url.port || '80';
          if (advice.includes('BELFRY_ALLOWED_NETWORKS')) settings.networks = advice.split(' ')[0] ?? '';
        }
        expect(findRefusal(policyOf(settings.networks, settings.ports), url) ?? '').not.toContain('BELFRY_');
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    'http://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://example.com/',
    'https://example.com:8443/',
    'http://example.com:80/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://[64:ff9b::8.8.8.8]/',
  ])('the URL %s is not refused without a look-up', (url) => {
    expect(refusal(url)).toBeUndefined();
  });

  test.each(['http://example.com:22/', 'https://example.com:25/', 'http://8.8.8.8:53/'])(
    'the URL %s has a port that is refused',
    (url) => {
      expect(refusal(url)).toMatch(/^port \d+ is not allowed; .* BELFRY_ALLOWED_PORTS$/);
    },
  );

  test('port 0 is refused without the advice to allow it', () => {
    expect(refusal('http://example.com:0/')).toBe('port 0 is no port; use a port from 1 to 65535');
  });

  test('a URL with the default port of its scheme is refused when that port is not allowed', () => {
    expect(refusal('http://example.com/', policyOf('', '443'))).toContain('port 80 is not allowed');
    expect(refusal('https://example.com/', policyOf('', '80'))).toContain('port 443 is not allowed');
    expect(refusal('https://example.com/', policyOf('', '443'))).toBeUndefined();
  });

  test('a loopback URL may be called in the local run, and no other URL that is not public', () => {
    const local = [
      'http://127.0.0.1:1/',
      'http://127.9.9.9/',
      'http://[::1]:8080/',
      'http://localhost:3000/',
    ];
    expect(local.map((url) => refusal(url, loopbackPolicy))).toEqual(local.map(() => undefined));
    const others = ['http://192.168.0.1/', 'http://10.0.0.1/', 'http://169.254.169.254/'];
    for (const url of others) expect(refusal(url, loopbackPolicy)).toContain('is not a public address');
  });
});

test('the local run allows loopback on any port, unless the settings say otherwise', () => {
  const usual = { BELFRY_ALLOWED_NETWORKS: '127.0.0.0/8,::1', BELFRY_ALLOWED_PORTS: '1-65535' };
  expect(readLocalSettings({}).functionEnv).toMatchObject(usual);
  const own = { BELFRY_ALLOWED_NETWORKS: '10.0.0.0/8', BELFRY_ALLOWED_PORTS: '443' };
  expect(readLocalSettings(own).functionEnv).toMatchObject(own);
});

test('the hosts file names a host by each of its lines', () => {
  const text = [
    '# comment',
    '127.0.0.1\tlocalhost  shop.test # not.test',
    '::1 Shop.Test',
    '10.0.0.1',
    'nonsense shop.test',
    '',
  ].join('\n');
  expect(findInHosts(text, 'shop.test')).toEqual(['127.0.0.1', '::1']);
  expect(findInHosts(text, 'not.test')).toEqual([]);
  expect(findInHosts(text, '')).toEqual([]);
});
