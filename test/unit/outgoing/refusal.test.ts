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
    'http://0/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
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

  test.each([
    'http://example.com:0/',
    'http://example.com:22/',
    'https://example.com:25/',
    'http://8.8.8.8:53/',
  ])('the URL %s has a port that is refused', (url) => {
    expect(refusal(url)).toMatch(/^port \d+ is not allowed; .* BELFRY_ALLOWED_PORTS$/);
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
    const others = ['http://192.168.0.1/', 'http://10.0.0.1/', 'http://169.254.169.254/', 'http://0.0.0.0/'];
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
