import { expect, test } from 'vitest';
import { help, wantsHelp } from '../../../local/help.ts';
import { LOCAL_TARGETS, readLocalSettings } from '../../../local/settings.ts';

test('jobs may call this machine, unless a list says otherwise', () => {
  expect(readLocalSettings({}).functionEnv).toMatchObject(LOCAL_TARGETS);
  const given = { BELFRY_ALLOWED_NETWORKS: '10.0.0.0/8', BELFRY_ALLOWED_PORTS: '443' };
  expect(readLocalSettings(given).functionEnv).toMatchObject(given);
});

test('a list that is set and empty opens nothing', () => {
  const none = { BELFRY_ALLOWED_NETWORKS: '', BELFRY_ALLOWED_PORTS: '' };
  expect(readLocalSettings(none).functionEnv).toMatchObject(none);
  expect(readLocalSettings({ BELFRY_ALLOWED_HOSTS: '' }).allowedHosts).toEqual([]);
});

test('hosts are names, without ports', () => {
  expect(readLocalSettings({ BELFRY_ALLOWED_HOSTS: 'Proxy.internal, 10.0.0.1' }).allowedHosts).toEqual([
    'proxy.internal',
    '10.0.0.1',
  ]);
  for (const text of ['a,', 'proxy:8080', 'https://proxy', '*']) {
    expect(() => readLocalSettings({ BELFRY_ALLOWED_HOSTS: text })).toThrow(
      /^BELFRY_ALLOWED_HOSTS has an entry \(\d\) that is no host/,
    );
  }
});

test('help is given for --help, and anything else is refused with a hint', () => {
  expect([wantsHelp([]), wantsHelp(['--help']), wantsHelp(['-h'])]).toEqual([false, true, true]);
  for (const args of [['--port', '8081'], ['start'], ['--hlep']]) {
    expect(() => wantsHelp(args)).toThrow(
      /^npm start takes no ".*": settings are variables.*--help lists them$/,
    );
  }
});

test('help names every variable of the local run', () => {
  for (const name of Object.keys(readLocalSettings({}).functionEnv)) expect(help).toContain(`  ${name} `);
  expect(help).toMatch(/BELFRY_ALLOWED_NETWORKS .*127\.0\.0\.0\/8,::1\n/);
});
