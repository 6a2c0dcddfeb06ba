import { expect, test } from 'vitest';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';
import { help, wantsHelp } from '../../../local/help.ts';
import { LOCAL_TARGETS, readLocalSettings } from '../../../local/settings.ts';

function faultsOf(env: Record<string, string>): string[] {
  try {
    readLocalSettings(env);
    return [];
  } catch (error) {
    if (error instanceof LocalRunError) return error.message.split('\n');
    throw error;
  }
}

test('jobs of the local run may call this machine, unless a list says otherwise', () => {
  expect(readLocalSettings({}).functionEnv).toMatchObject(LOCAL_TARGETS);
  const given = { BELFRY_ALLOWED_NETWORKS: '10.0.0.0/8', BELFRY_ALLOWED_PORTS: '443' };
  expect(readLocalSettings(given).functionEnv).toMatchObject(given);
});

test('a list that is set and empty allows nothing', () => {
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
      /^BELFRY_ALLOWED_HOSTS has an entry \(\d\) that is not a host name/,
    );
  }
});

test('every wrong setting is reported together, with its bounds and without its value', () => {
  const env = {
    PORT: 'hunter2',
    BELFRY_API_KEY: 'hunter2',
    BELFRY_ALLOWED_HOSTS: 'hunter2,hunter2:80,hunter2:81',
    DATABASE_URL: 'mysql://hunter2@localhost',
    REDIS_URL: 'hunter2',
    AWS_ENDPOINT_URL_SQS: 'hunter2',
    BELFRY_LOG_LEVEL: 'hunter2',
    BELFRY_LOOK_AHEAD_SECONDS: '59',
    BELFRY_MAX_IN_FLIGHT: '0',
    BELFRY_RETENTION_DAYS: '1e2',
    BELFRY_RATE_LIMIT_PER_SECOND: '-1',
    BELFRY_RATE_LIMIT_BURST: '0.5',
    BELFRY_ALLOWED_NETWORKS: 'hunter2',
    BELFRY_ALLOWED_PORTS: '0',
    BELFRY_CORS_ORIGINS: 'hunter2',
    BELFRY_ON_FAILURE: 'hunter2',
  };
  expect(faultsOf(env).toSorted()).toEqual([
    expect.stringMatching(/^AWS_ENDPOINT_URL_SQS must be a URL that starts with http:\/\/ or https:\/\/$/),
    expect.stringMatching(/^BELFRY_ALLOWED_HOSTS has an entry \(2\) that is not a host name/),
    expect.stringMatching(/^BELFRY_ALLOWED_NETWORKS has an entry \(1\)/),
    expect.stringMatching(/^BELFRY_ALLOWED_PORTS has an entry \(1\).* numbers from 1 to 65535 /),
    'BELFRY_API_KEY must be 16 to 512 printable ASCII characters without blanks',
    expect.stringMatching(/^BELFRY_CORS_ORIGINS must be \*, or origins/),
    'BELFRY_LOG_LEVEL must be DEBUG or INFO or WARN or ERROR',
    'BELFRY_LOOK_AHEAD_SECONDS must be an integer from 60 to 900',
    expect.stringMatching(/^BELFRY_MAX_IN_FLIGHT must be an integer from 1 to 800: /),
    expect.stringMatching(/^BELFRY_ON_FAILURE must be a URL .* or the ARN of an SNS topic/),
    'BELFRY_RATE_LIMIT_BURST must be an integer from 1 to 200000',
    'BELFRY_RATE_LIMIT_PER_SECOND must be an integer from 1 to 100000',
    'BELFRY_RETENTION_DAYS must be an integer from 1 to 3650',
    'DATABASE_URL must be a URL that starts with postgresql:// or postgres://',
    'PORT must be an integer from 0 to 65535',
    'REDIS_URL must be a URL that starts with redis:// or rediss:// or unix://',
  ]);
  expect(faultsOf(env).join('\n')).not.toContain('hunter2');
});

test('an empty setting counts as not set', () => {
  const names = [
    'PORT',
    'BELFRY_API_KEY',
    'DATABASE_URL',
    'REDIS_URL',
    'BELFRY_MAX_IN_FLIGHT',
    'BELFRY_DATA_DIR',
  ];
  const empty = Object.fromEntries(names.map((name) => [name, '']));
  expect(readLocalSettings(empty)).toEqual(readLocalSettings({}));
  expect(readLocalSettings({})).toMatchObject({ port: 8_080, dataDir: '.local', databaseUrl: undefined });
});

test('help is shown for --help, and any other option is refused with a hint', () => {
  expect([wantsHelp([]), wantsHelp(['--help']), wantsHelp(['-h'])]).toEqual([false, true, true]);
  for (const args of [['--port', '8081'], ['start'], ['--hlep']]) {
    expect(() => wantsHelp(args)).toThrow(
      /^npm start takes no ".*": settings are variables.*--help lists them$/,
    );
  }
});

test('the help names every variable of the local run', () => {
  for (const name of Object.keys(readLocalSettings({}).functionEnv)) expect(help).toContain(`  ${name} `);
  expect(help).toMatch(/BELFRY_ALLOWED_NETWORKS .*127\.0\.0\.0\/8,::1\n/);
});

test('a topic of SNS is refused, unless an emulator serves it', () => {
  const topic = { BELFRY_ON_RECOVERY: 'arn:aws:sns:us-east-1:000000000000:reports' };
  expect(faultsOf(topic)).toEqual([
    'BELFRY_ON_RECOVERY is an SNS topic, which needs AWS; give a URL, or an emulator of SNS in AWS_ENDPOINT_URL_SNS',
  ]);
  const emulated = { ...topic, AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:4566' };
  expect(readLocalSettings(emulated).functionEnv).toMatchObject(emulated);
});
