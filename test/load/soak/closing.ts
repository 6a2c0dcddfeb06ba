import type { ApiClient } from '../../support/api-client.ts';
import { seconds } from '../../support/stats.ts';
import type { Stage } from '../../support/services.ts';
import { findPartitions } from '../../../lib/db/partitions.ts';
import { runAuditCommand } from '../../../local/commands/audit/command.ts';
import type { RunningBelfry } from '../support/belfry.ts';
import { poll } from '../../support/waiting.ts';
import { readQueueDepth } from '../support/queue-depth.ts';
import { countOpen, readSessions } from './read-postgres.ts';
import { countKinds, isQueueEmpty, readRedis } from './read-redis.ts';
import type { TargetLog } from './target-log.ts';
import { pauseAll } from './traffic.ts';

/** State at the end of a soak, when all work is done. */
export type Closing = {
  /** Whether all open executions ended in time. */
  isQuiet: boolean;
  /** Exit codes of the audit, before the jobs are paused and after. */
  audits: number[];
  /** Requests according to PostgreSQL: executions with an attempt, and all attempts. */
  recorded: { executions: number; attempts: number };
  log: TargetLog;
  keys: Awaited<ReturnType<typeof countKinds>>;
  queue: Awaited<ReturnType<typeof readQueueDepth>>;
  partitions: string[];
  /** Redis connections of live environments. */
  redisClients: number;
  environments: number;
  /** PostgreSQL connections after the environments have ended. */
  leftSessions: number;
  leftRedisClients: number;
};

type Parts = {
  stage: Stage;
  belfry: RunningBelfry;
  client: ApiClient;
  readLog: () => Promise<TargetLog>;
};

/** Long, because workers must take every wake-up that arrived while they were all busy. */
const QUIET_WITHIN_MS = 120_000;
const SEEN_WITHIN_MS = 10_000;
/** More rows than any soak has. */
const MAX_ROWS = '100000000';

/** Ends the traffic, waits until all work is done, and reads the state; then stops Belfry, and counts its connections. */
export async function close(
  { stage, belfry, client, readLog }: Parts,
  { recurring, say }: { recurring: readonly number[]; say: (line: string) => void },
): Promise<Closing> {
  // Before the jobs are paused: after a change of a job the audit cannot check the job's earlier executions.
  say('\naudit during the load:');
  const whileBusy = await audit(stage, say, false);
  // An execution that a tick dispatches while its job is paused still reaches the queue, and leaves it when it is due.
  await belfry.stopTicking();
  const pausing = await seconds(() => pauseAll(client, recurring));
  let isQuiet = false;
  const ending = await seconds(async () => (isQuiet = await untilQuiet(stage)));
  say(
    `\n${recurring.length} jobs paused in ${pausing.toFixed(0)} s; work ${isQuiet ? 'done' : 'not done'} after ${ending.toFixed(0)} s more`,
  );
  say('\naudit after the load:');
  const whenQuiet = await audit(stage, say, true);
  const left = {
    isQuiet,
    audits: [whileBusy, whenQuiet],
    recorded: await readRecorded(stage),
    log: await readLog(),
    keys: await countKinds(stage.redis),
    queue: await readQueueDepth(stage),
    partitions: await findPartitions(stage.pool),
    redisClients: sum(Object.values((await readRedis(stage.redis, Date.now())).clients)),
    environments: belfry.environments().length,
  };
  await belfry.stop();
  return { ...left, ...(await countLeft(stage)) };
}

/** Runs the audit and returns its exit code. */
function audit(
  { databaseUrl, redisUrl }: Stage,
  say: (line: string) => void,
  withQueue: boolean,
): Promise<number> {
  const of = ['--database-url', databaseUrl, ...(withQueue ? ['--redis-url', redisUrl] : [])];
  return runAuditCommand([...of, '--max-rows', MAX_ROWS], {}, { write: say, complain: say });
}

/**
 * Waits until no execution is open, no wake-up waits, and Redis has no execution queued or held by a worker. Delayed wake-ups do
 * not count, because they will find no work; wake-ups that SQS sent in a lost answer do not count either.
 */
async function untilQuiet(stage: Stage): Promise<boolean> {
  const quiet = await poll(
    async () => {
      const [open, { wakeUps }] = await Promise.all([countOpen(stage.pool), readQueueDepth(stage)]);
      return open === 0 && wakeUps === 0 && (await isQueueEmpty(stage.redis));
    },
    { timeoutMs: QUIET_WITHIN_MS },
  );
  return quiet === true;
}

/** Counts the connections that environments still have, after giving PostgreSQL and Redis time to see that they ended. */
async function countLeft({
  pool,
  redis,
}: Stage): Promise<{ leftSessions: number; leftRedisClients: number }> {
  let left = { leftSessions: 0, leftRedisClients: 0 };
  await poll(
    async () => {
      const [sessions, { clients }] = await Promise.all([readSessions(pool), readRedis(redis, Date.now())]);
      left = {
        leftSessions: sum(Object.values(sessions.byEnvironment)),
        leftRedisClients: sum(Object.values(clients)),
      };
      return left.leftSessions + left.leftRedisClients === 0;
    },
    { timeoutMs: SEEN_WITHIN_MS },
  );
  return left;
}

async function readRecorded({ pool }: Stage): Promise<Closing['recorded']> {
  const { rows } = await pool.query<Closing['recorded']>(`
    select count(*) filter (where attempts > 0) as executions, coalesce(sum(attempts), 0)::bigint as attempts
      from (select retry_count + case when status in ('SUCCESS', 'FAILED') then 1 else 0 end as attempts
              from job_executions
             where execution_time > now() - interval '1 day') e`);
  return rows[0] ?? { executions: 0, attempts: 0 };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
