// Deploys to LocalStack, or what LOCALSTACK_IMAGE names, in Docker and runs the suite of `npm run e2e:aws` against it.
//   npm run e2e:localstack
// By `docker compose` itself: it waits for the health of what it starts, which is all that is needed of it. Testcontainers is
// kept up, and would start the same command, with 170 packages; localstack-utils is built on an AWS SDK that has ended.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const COMPOSE = ['compose', '--file', path.join(root, 'docker-compose.localstack.yml')];
const START_TIMEOUT_SECONDS = 300;

/** Why Docker cannot be used, if so. */
function findObstacle(): string | undefined {
  const compose = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });
  if (compose.error !== undefined)
    return 'there is no docker command; install Docker with its Compose plugin';
  if (compose.status !== 0) return 'docker has no Compose plugin; install docker-compose-plugin';
  const info = spawnSync('docker', ['info'], { encoding: 'utf8' });
  if (info.status !== 0) return 'the Docker engine does not answer; start it, or see `docker info`';
  return undefined;
}

/** Runs a command on our terminal; resolves to its exit code. */
async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function deployAndTest(): Promise<number> {
  const up = [...COMPOSE, 'up', '--detach', '--wait', '--wait-timeout', String(START_TIMEOUT_SECONDS)];
  if ((await run('docker', up)) !== 0) {
    await run('docker', [...COMPOSE, 'logs', '--tail', '50']);
    return 1;
  }
  return run(process.execPath, ['scripts/e2e-aws.ts'], {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${process.env['LOCALSTACK_PORT'] ?? '4566'}`,
    // As the functions reach them, in containers on the same network.
    DATABASE_URL: 'postgresql://belfry:belfry@postgres:5432/belfry',
    REDIS_URL: 'redis://valkey:6379',
    BELFRY_E2E_TARGET_HOST: 'host.docker.internal',
    // Where that is, with Docker's engine and with Docker Desktop.
    BELFRY_E2E_ALLOWED_NETWORKS: '172.16.0.0/12,192.168.0.0/16',
  });
}

async function main(): Promise<number> {
  const obstacle = findObstacle();
  if (obstacle !== undefined) {
    console.error(`e2e:localstack cannot run: ${obstacle}. \`npm run e2e:aws\` needs no Docker.`);
    return 1;
  }
  // Ctrl-C reaches those we started as well, and ends them; what is up is still to be removed.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  try {
    return await deployAndTest();
  } finally {
    await run('docker', [...COMPOSE, 'down', '--volumes', '--remove-orphans']);
  }
}

process.exitCode = await main();
