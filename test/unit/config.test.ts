import { describe, expect, test } from 'vitest';
import { readConfig, readConfigWithKeys } from '../../lib/config.ts';
import { byParts, byUrl, configError, SECRET_ARN } from './config-fixture.ts';

describe('the configuration', () => {
  test('the configuration needs only the addresses', () => {
    expect(readConfig(byUrl)).toMatchObject({
      database: { kind: 'url', url: byUrl.DATABASE_URL },
      redis: { url: byUrl.REDIS_URL, isCluster: false, iam: undefined },
      hibernate: undefined,
    });
  });

  test('the configuration may name a database by its parts, with the password in a secret', () => {
    expect(readConfig(byParts).database).toEqual({
      kind: 'parts',
      host: byParts.BELFRY_DATABASE_HOST,
      port: 5_432,
      database: 'belfry',
      secretArn: SECRET_ARN,
      caFile: undefined,
      isProxied: false,
    });
    const more = {
      ...byParts,
      BELFRY_DATABASE_PORT: '6432',
      BELFRY_DATABASE_CA_FILE: '/var/runtime/ca-cert.pem',
      BELFRY_DATABASE_PROXY: 'true',
    };
    expect(readConfig(more).database).toMatchObject({
      port: 6_432,
      caFile: '/var/runtime/ca-cert.pem',
      isProxied: true,
    });
  });

  test('the configuration has the login for a cache', () => {
    const env = {
      ...byUrl,
      REDIS_URL: 'rediss://cache.example:6379',
      BELFRY_REDIS_CLUSTER: 'true',
      BELFRY_REDIS_IAM_USER: 'app',
      BELFRY_REDIS_IAM_CACHE: 'belfry-prod',
      BELFRY_REDIS_IAM_SERVERLESS: 'true',
    };
    expect(readConfig(env).redis).toEqual({
      url: 'rediss://cache.example:6379',
      isCluster: true,
      iam: { user: 'app', cacheName: 'belfry-prod', isServerless: true },
    });
  });

  test('the configuration has the keys of secret headers in a secret or in a file, and none for functions that need none', () => {
    expect(readConfig(byUrl)).not.toHaveProperty('dataKeys');
    expect(readConfigWithKeys({ ...byUrl, BELFRY_DATA_KEYS_SECRET_ARN: SECRET_ARN })).toEqual({
      ...readConfig(byUrl),
      dataKeys: { kind: 'secret', secretArn: SECRET_ARN },
    });
    expect(readConfigWithKeys({ ...byUrl, BELFRY_DATA_KEYS_FILE: '/data/keys.json' }).dataKeys).toEqual({
      kind: 'file',
      path: '/data/keys.json',
    });
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['neither is set', byUrl, 'BELFRY_DATA_KEYS_SECRET_ARN is not set'],
    [
      'both are',
      { ...byUrl, BELFRY_DATA_KEYS_SECRET_ARN: SECRET_ARN, BELFRY_DATA_KEYS_FILE: 'hunter2' },
      'BELFRY_DATA_KEYS_FILE cannot be set together with BELFRY_DATA_KEYS_SECRET_ARN',
    ],
    [
      'more is wrong',
      { ...byUrl, REDIS_URL: 'hunter2', BELFRY_DATA_KEYS_FILE: '' },
      'REDIS_URL must be a URL that starts with redis:// or rediss:// or unix://; BELFRY_DATA_KEYS_FILE is empty',
    ],
  ])('an error about the keys says what is wrong when %s', (_, env, message) => {
    expect(() => readConfigWithKeys(env)).toThrow(configError(message));
  });

  test('the configuration may have a schedule to turn off', () => {
    const env = { ...byUrl, BELFRY_HIBERNATE_SCHEDULE: 'tick', BELFRY_HIBERNATE_GROUP: 'belfry' };
    expect(readConfig(env).hibernate).toEqual({ scheduleName: 'tick', groupName: 'belfry' });
  });

  test.each([
    [undefined, undefined],
    ['*', ['*']],
    ['https://app.example.com', ['https://app.example.com']],
    ['https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
  ])('pages of %s may call the API from a browser', (text, origins) => {
    expect(readConfig({ ...byUrl, BELFRY_CORS_ORIGINS: text }).corsOrigins).toEqual(origins);
  });

  test('an empty list means none, for every list', () => {
    const lists = { BELFRY_CORS_ORIGINS: ' ', BELFRY_ALLOWED_NETWORKS: '', BELFRY_ALLOWED_PORTS: ' ' };
    expect(readConfig({ ...byUrl, ...lists })).toMatchObject({
      corsOrigins: undefined,
      outgoing: { openNetworks: [], ports: [] },
    });
  });

  test.each([
    ',',
    'https://a.example,',
    '*,https://a.example',
    'https://*.example',
    'https://a.example/',
    'https://a.example/path',
    'https://A.example',
    'https://a.example:443',
    'https://user@a.example',
    'a.example',
    'null',
    'ftp://a.example',
    'https://a b',
  ])('%j are not origins', (text) => {
    expect(() => readConfig({ ...byUrl, BELFRY_CORS_ORIGINS: text })).toThrow(
      configError(
        'BELFRY_CORS_ORIGINS must be *, or origins such as https://app.example.com, separated by commas',
      ),
    );
  });

  test('the configuration lists targets that jobs may call in addition to public addresses; by default none, on the usual ports', () => {
    expect(readConfig(byUrl).outgoing).toEqual({
      openNetworks: [],
      ownNetworks: [],
      ports: [
        { first: 80, last: 80 },
        { first: 443, last: 443 },
        { first: 1_024, last: 65_535 },
      ],
    });
    const env = { ...byUrl, BELFRY_ALLOWED_NETWORKS: '10.0.0.0/8', BELFRY_ALLOWED_PORTS: '443' };
    expect(readConfig(env).outgoing).toMatchObject({
      openNetworks: [{ prefixLength: 8 }],
      ports: [{ first: 443, last: 443 }],
    });
  });

  test.each<{ wrong: string; env: Record<string, string | undefined>; message: string }>([
    {
      wrong: 'nothing is set',
      env: {},
      message: 'DATABASE_URL is not set; REDIS_URL is not set; BELFRY_WAKE_UP_QUEUE_URL is not set',
    },
    {
      wrong: 'the database is set in both ways',
      env: { ...byParts, DATABASE_URL: byUrl.DATABASE_URL },
      message: 'DATABASE_URL cannot be set together with BELFRY_DATABASE_HOST, _NAME and _SECRET_ARN',
    },
    {
      wrong: 'a part of the database is missing',
      env: { ...byParts, BELFRY_DATABASE_NAME: undefined, BELFRY_DATABASE_SECRET_ARN: undefined },
      message: 'BELFRY_DATABASE_NAME is not set; BELFRY_DATABASE_SECRET_ARN is not set',
    },
    {
      wrong: 'a URL is given a proxy',
      env: { ...byUrl, BELFRY_DATABASE_PROXY: 'true' },
      message: 'BELFRY_DATABASE_PROXY cannot be set together with DATABASE_URL',
    },
    {
      wrong: 'values are bad, wherever',
      env: {
        ...byUrl,
        BELFRY_REDIS_CLUSTER: 'hunter2',
        BELFRY_MAX_IN_FLIGHT: 'hunter2',
        BELFRY_LOOK_AHEAD_SECONDS: '901',
        BELFRY_LOG_LEVEL: 'hunter2',
        BELFRY_DEPLOYMENT: 'hunter2'.repeat(40),
        DATABASE_URL: 'hunter2',
      },
      message:
        'DATABASE_URL must be a URL that starts with postgresql:// or postgres://; ' +
        'BELFRY_REDIS_CLUSTER must be true or false; BELFRY_LOOK_AHEAD_SECONDS must be an integer from 60 to 900; ' +
        'BELFRY_MAX_IN_FLIGHT must be an integer from 1 to 800: each request out takes a descriptor, and Lambda ' +
        'allows 1024; BELFRY_LOG_LEVEL must be DEBUG or INFO or WARN or ERROR; ' +
        'BELFRY_DEPLOYMENT may have at most 255 characters',
    },
    {
      wrong: 'a URL that must use TLS is not a URL',
      env: {
        ...byUrl,
        REDIS_URL: 'hunter2',
        BELFRY_REDIS_IAM_USER: 'app',
        BELFRY_REDIS_IAM_CACHE: 'belfry',
      },
      message: 'REDIS_URL must be a URL that starts with redis:// or rediss:// or unix://',
    },
    {
      wrong: 'a token would travel unencrypted, and its cache is not named',
      env: { ...byUrl, BELFRY_REDIS_IAM_USER: 'app' },
      message: 'REDIS_URL must begin with rediss:// for IAM; BELFRY_REDIS_IAM_CACHE is not set',
    },
    {
      wrong: 'a cluster is a socket',
      env: { ...byUrl, REDIS_URL: 'unix:///tmp/redis.sock', BELFRY_REDIS_CLUSTER: 'true' },
      message: 'REDIS_URL cannot be a unix socket for a cluster',
    },
    {
      wrong: 'a network and a port are invalid',
      env: { ...byUrl, BELFRY_ALLOWED_NETWORKS: '10.0.0.0/8,hunter2', BELFRY_ALLOWED_PORTS: 'hunter2' },
      message:
        'BELFRY_ALLOWED_NETWORKS has an entry (2) that is not a network that jobs can call; write networks such as ' +
        '10.0.0.0/8 and fd00::/8, with no bits set after the prefix, and single addresses, separated by commas; ' +
        'BELFRY_ALLOWED_PORTS has an entry (1) that is not a port; write numbers from 1 to 65535 and ranges such as ' +
        '8000-8999, separated by commas',
    },
    {
      wrong: 'half of a schedule is set',
      env: { ...byUrl, BELFRY_HIBERNATE_GROUP: 'belfry' },
      message: 'BELFRY_HIBERNATE_SCHEDULE is not set',
    },
  ])('an error names the wrong variables when $wrong', ({ env, message }) => {
    expect(() => readConfig(env)).toThrow(configError(message));
    expect(() => readConfig(env)).not.toThrow('hunter2');
  });
});

test.each(['0', '801', '-1', '1.5', '1e2', '0x10', '', ' ', ' 5', 'hunter2', '9'.repeat(400)])(
  'the number of requests %j is refused with its bounds',
  (value) => {
    expect(() => readConfig({ ...byUrl, BELFRY_MAX_IN_FLIGHT: value })).toThrow(
      configError(
        'BELFRY_MAX_IN_FLIGHT must be an integer from 1 to 800: each request out takes a descriptor, and Lambda allows 1024',
      ),
    );
  },
);

test.each(['1', '800', '0100'])('the number of requests %j is accepted', (value) => {
  expect(readConfig({ ...byUrl, BELFRY_MAX_IN_FLIGHT: value }).maxInFlight).toBe(Number(value));
});
