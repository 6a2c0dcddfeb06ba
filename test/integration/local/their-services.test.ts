import { expect, inject, test } from 'vitest';
import { checkTheirServices } from '../../../local/their-services.ts';
import { startRawTarget } from '../../support/raw-target.ts';

const NONE = { databaseUrl: undefined, redisUrl: undefined, sqsEndpoint: undefined };

const faultOf = (named: Partial<typeof NONE> | Record<string, string>): Promise<string> =>
  checkTheirServices({ ...NONE, ...named }).then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('a local run uses services that answer, and needs none', async () => {
  const named = {
    databaseUrl: inject('postgresUrl'),
    redisUrl: inject('redisUrl'),
    sqsEndpoint: inject('sqsUrl'),
  };
  expect(await faultOf(named)).toBe('none');
  expect(await faultOf({})).toBe('none');
});

test.each([
  [{ databaseUrl: 'postgres://u:hunter2@127.0.0.1:9/x' }, 'DATABASE_URL: PostgreSQL at 127.0.0.1:9'],
  [{ redisUrl: 'redis://:hunter2@127.0.0.1:9' }, 'REDIS_URL: Redis at 127.0.0.1:9'],
  [{ redisUrl: 'rediss://u:hunter2@127.0.0.1:9' }, 'REDIS_URL: Redis at 127.0.0.1:9'],
  [{ sqsEndpoint: 'http://u:hunter2@127.0.0.1:9' }, 'AWS_ENDPOINT_URL_SQS: SQS at 127.0.0.1:9'],
  // Both address families of a name.
  [{ sqsEndpoint: 'http://localhost:9' }, 'AWS_ENDPOINT_URL_SQS: SQS at localhost:9'],
])(
  'a service on which no server listens is named with its address and without its password: %j',
  async (named, text) => {
    expect(await faultOf(named)).toMatch(
      new RegExp(`^LocalRunError: ${text} cannot be used: connect ECONNREFUSED \\S+:9$`),
    );
  },
);

test('services that accept and stay silent are given up together, at the same time', async () => {
  const peer = await startRawTarget(() => {});
  try {
    const { host } = new URL(peer.url);
    const fault = await faultOf({
      databaseUrl: `postgresql://u:hunter2@${host}`,
      redisUrl: `redis://:hunter2@${host}`,
      sqsEndpoint: peer.url,
    });
    expect(fault.split('\n')).toEqual([
      expect.stringMatching(/^LocalRunError: DATABASE_URL: PostgreSQL at \S+ cannot be used: .*timeout/),
      expect.stringMatching(/^REDIS_URL: Redis at \S+ cannot be used: .*time/i),
      expect.stringMatching(/^AWS_ENDPOINT_URL_SQS: SQS at \S+ cannot be used: .*time/i),
    ]);
    expect(fault).not.toContain('hunter2');
  } finally {
    await peer.close();
  }
});

test('a unix socket is named by its path', async () => {
  expect(await faultOf({ redisUrl: 'unix:///nowhere/redis.sock' })).toMatch(
    /Redis at \/nowhere\/redis\.sock cannot be used: connect ENOENT/,
  );
  expect(await faultOf({ databaseUrl: 'postgresql://u@localhost:5432/x?host=/nowhere' })).toMatch(
    /PostgreSQL at \/nowhere cannot be used: connect ENOENT/,
  );
});

test('the error of a server that refuses is quoted', async () => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = '/no-such-database';
  expect(await faultOf({ databaseUrl: url.href })).toMatch(
    / cannot be used: database "no-such-database" does not exist$/,
  );
});
