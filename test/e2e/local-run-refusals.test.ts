import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../support/child-pids.ts';
import { servicePids } from '../support/local-process.ts';
import { makeDataDir, run, start, TEST_TIMEOUT_MS } from './local-run-fixture.ts';

describe('a local run that cannot start', { timeout: TEST_TIMEOUT_MS }, () => {
  test('the local run shows its help for --help, and starts nothing for an unknown option', async () => {
    const dataDir = await makeDataDir();
    const helped = run('main.ts', { BELFRY_DATA_DIR: dataDir }, { args: ['--help'] });
    expect([await helped.ended, helped.stderr()]).toEqual([0, '']);
    expect(helped.stdout()).toContain('BELFRY_ALLOWED_NETWORKS');
    const refused = run('main.ts', { BELFRY_DATA_DIR: dataDir }, { args: ['--port', '1'] });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toMatch(/^belfry: npm start takes no "--port 1": .*--help lists them\n$/);
    expect(refused.stdout()).toBe('');
  });

  test('the local run refuses a directory and a port that are in use, and ends when a service dies', async () => {
    const dataDir = await makeDataDir();
    const belfry = await start(dataDir);

    const sameDirectory = run('main.ts', { PORT: '0', BELFRY_DATA_DIR: dataDir });
    expect(await sameDirectory.ended).toBe(1);
    expect(sameDirectory.stderr()).toBe(
      `belfry: the data directory ${dataDir} is in use by process ${belfry.child.pid}; stop it, or set BELFRY_DATA_DIR\n`,
    );

    const { port } = new URL(belfry.address);
    const samePort = run('main.ts', { PORT: port, BELFRY_DATA_DIR: await makeDataDir() });
    expect(await samePort.ended).toBe(1);
    expect(samePort.stderr()).toBe(
      `belfry: port ${port} is in use; choose another: PORT=${Number(port) + 1} npm start\n`,
    );

    const { redis, postgres } = await servicePids(dataDir);
    process.kill(redis!, 'SIGKILL');
    expect(await belfry.ended).toBe(1);
    expect(belfry.stderr()).toContain('belfry: Redis ended unexpectedly by SIGKILL; its log is');
    expect(isRunning(postgres!)).toBe(false);
  });

  test("the local run starts nothing when the user's services cannot be used, and reports each of them", async () => {
    const dataDir = await makeDataDir();
    const refused = run('main.ts', {
      PORT: '0',
      BELFRY_DATA_DIR: dataDir,
      DATABASE_URL: 'postgresql://u:secret@127.0.0.1:9/x',
      REDIS_URL: 'redis://:secret@127.0.0.1:9',
      AWS_ENDPOINT_URL_SQS: 'http://u:secret@127.0.0.1:9',
    });
    expect(await refused.ended).toBe(1);
    const reason = 'at 127.0.0.1:9 cannot be used: connect ECONNREFUSED 127.0.0.1:9';
    expect(refused.stderr().split('\n')).toEqual([
      `belfry: DATABASE_URL: PostgreSQL ${reason}`,
      `belfry: REDIS_URL: Redis ${reason}`,
      `belfry: AWS_ENDPOINT_URL_SQS: SQS ${reason}`,
      '',
    ]);
    expect(refused.stdout()).toBe('');
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('the local run starts nothing when settings are wrong, and reports each of them', async () => {
    const dataDir = await makeDataDir();
    const refused = run('main.ts', {
      PORT: 'http',
      BELFRY_DATA_DIR: dataDir,
      BELFRY_RETENTION_DAYS: '0',
      DATABASE_URL: 'mysql://secret@x',
    });
    expect(await refused.ended).toBe(1);
    expect(refused.stderr().split('\n')).toEqual([
      'belfry: PORT must be an integer from 0 to 65535',
      'belfry: DATABASE_URL must be a URL that starts with postgresql:// or postgres://',
      'belfry: BELFRY_RETENTION_DAYS must be an integer from 1 to 3650',
      '',
    ]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('the demo reports when there is no Belfry to run against', async () => {
    const demo = run('demo/main.ts', { BELFRY_DATA_DIR: await makeDataDir() });
    expect(await demo.ended).toBe(1);
    expect(demo.stderr()).toMatch(/^belfry: no Belfry is running here; start one with `npm start`.*\n$/);
  });
});
