import type { FunctionName } from '../../../local/environments/function-environments.ts';
import { atMost, exactly, type Verdict } from '../support/verdict.ts';
import type { Sample } from './sample.ts';

/** PostgreSQL connections that `index.ts` of each function opens in an environment. */
const DATABASE_CONNECTIONS: Record<FunctionName, number> = { api: 2, scheduler: 2, worker: 3 };
/**
 * The window of requests to targets, 80 requests that were claimed ahead of free slots, the 50 connections that the SDK keeps to SQS, and 10 for PostgreSQL, Redis and the parent
 * process.
 */
const MOST_SOCKETS = 100 + 80 + 50 + 10;

type Counts = Readonly<Record<FunctionName, number>>;

/** Checks that connections stay within the limits of the live environments, and that no socket is dead. */
export function judgeConnections(samples: readonly Sample[], environments: Counts): Verdict[] {
  const functionNames = Object.keys(DATABASE_CONNECTIONS).filter(isFunctionName);
  return [
    ...functionNames.map((name) =>
      atMost(
        `most PostgreSQL connections of one environment of ${name}`,
        most(samples, ({ sessions }) => mostOf(sessions.byEnvironment, name)),
        DATABASE_CONNECTIONS[name],
        '',
      ),
    ),
    exactly(
      'PostgreSQL connections idle in a transaction for 10 s',
      most(samples, ({ sessions }) => sessions.idleInTransaction),
      0,
      '',
    ),
    ...functionNames.map((name) =>
      atMost(
        `most Redis connections of ${name}`,
        most(samples, ({ redis }) => redis.clients[name] ?? 0),
        environments[name],
        '',
      ),
    ),
    atMost(
      'most sockets of an environment',
      most(samples, (sample) => Math.max(...sample.environments.map(({ sockets }) => sockets?.open ?? 0))),
      MOST_SOCKETS,
      '',
    ),
    exactly('sockets closed by the other side in two samples', countDead(samples), 0, ''),
  ];
}

/** Counts dead sockets. A socket may be half closed until Node sees it; one that is still so in the next sample is dead. */
export function countDead(samples: readonly Pick<Sample, 'environments'>[]): number {
  const dead = new Set<string>();
  samples.forEach((sample, index) => {
    const before = new Set(halfClosedOf(samples[index - 1]));
    for (const inode of halfClosedOf(sample)) if (before.has(inode)) dead.add(inode);
  });
  return dead.size;
}

const halfClosedOf = (sample: Pick<Sample, 'environments'> | undefined): string[] =>
  (sample?.environments ?? []).flatMap(({ sockets }) => sockets?.halfClosed ?? []);

const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(DATABASE_CONNECTIONS, name);

const most = (samples: readonly Sample[], valueOf: (sample: Sample) => number): number =>
  samples.reduce((greatest, sample) => Math.max(greatest, valueOf(sample)), 0);

function mostOf(byEnvironment: Readonly<Record<string, number>>, name: FunctionName): number {
  const counts = Object.entries(byEnvironment).map(([environment, count]) =>
    environment.startsWith(`${name}-`) ? count : 0,
  );
  return Math.max(0, ...counts);
}
