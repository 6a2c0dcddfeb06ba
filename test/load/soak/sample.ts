import type { Stage } from '../../support/services.ts';
import type { RunningBelfry } from '../support/belfry.ts';
import { readQueueDepth } from '../support/queue-depth.ts';
import { readUsage, type Usage } from '../../support/processes/usage.ts';
import { countOpen, readSessions, readTables, type Sessions, type TableSize } from './read-postgres.ts';
import { readRedis, type RedisState } from './read-redis.ts';
import { readSockets, type Sockets } from './sockets.ts';

export type EnvironmentSample = Usage & {
  name: string;
  sockets: Sockets | undefined;
};

export type Sample = {
  /** Minutes since the start. */
  atMinutes: number;
  environments: EnvironmentSample[];
  redis: RedisState;
  /** Waiting and running executions in PostgreSQL. */
  open: number;
  sessions: Sessions;
  tables: TableSize[];
  queue: Awaited<ReturnType<typeof readQueueDepth>>;
};

/** Takes one sample of all resources. */
export async function takeSample(
  { stage, belfry }: { stage: Stage; belfry: RunningBelfry },
  atMinutes: number,
): Promise<Sample> {
  const environments = belfry.environments();
  const memories = await Promise.all(environments.map(readUsage));
  const sockets = await readSockets(environments.map(({ pid }) => pid));
  // Redis first: an execution that ends between the two reads then does not look like a payload left behind.
  const redis = await readRedis(stage.redis, Date.now());
  const open = await countOpen(stage.pool);
  return {
    atMinutes,
    environments: environments.flatMap(({ name }, index) => {
      const memory = memories[index];
      return memory === undefined ? [] : [{ name, ...memory, sockets: sockets[index] }];
    }),
    redis,
    open,
    sessions: await readSessions(stage.pool),
    tables: await readTables(stage.pool),
    queue: await readQueueDepth(stage),
  };
}
