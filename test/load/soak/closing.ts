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

/** What is left once everything has come to its end. */
export type Closing = {
  /** Whether what was open came to its end in time. */
  isQuiet: boolean;
  /** Exit codes of the audit, before the jobs are paused and after. */
  audits: number[];
  /** What PostgreSQL says that reached the target: executions with an attempt, and all attempts. */
  recorded: { executions: number; attempts: number };
  log: TargetLog;
  keys: Awaited<ReturnType<typeof countKinds>>;
  queue: Awaited<ReturnType<typeof readQueueDepth>>;
  partitions: string[];
  /** Of environments that live. */
  redisClients: number;
  environments: number;
  /** After the environments have ended. */
  leftSessions: number;
  leftRedisClients: number;
};

type Parts = {
  stage: Stage;
  belfry: RunningBelfry;
  client: ApiClient;
  readLog: () => Promise<TargetLog>;
};

/** What came in while all workers were busy is many wake-ups, and each is looked at. */
const QUIET_WITHIN_MS = 120_000;
const SEEN_WITHIN_MS = 10_000;
/** Beyond what any soak has. */
const MAX_ROWS = '100000000';

/** Ends the traffic, waits until all is quiet, and looks at what is left; then ends Belfry, and looks again. */
export async function close(
  { stage, belfry, client, readLog }: Parts,
  { recurring, say }: { recurring: readonly number[]; say: (line: string) => void },
): Promise<Closing> {
  // Before the jobs are paused, as a change of a job makes undecidable what should have been before it.
  say('\nthe audit, while all goes on:');
  const whileBusy = await audit(stage, say, false);
  // What a tick is just dispatching when its job is paused comes to the queue all the same, and leaves it when it is due.
  await belfry.stopTicking();
  const pausing = await seconds(() => pauseAll(client, recurring));
  let isQuiet = false;
  const ending = await seconds(async () => (isQuiet = await untilQuiet(stage)));
  say(
    `\n${recurring.length} jobs paused in ${pausing.toFixed(0)} s; ${isQuiet ? '' : 'not '}quiet after ${ending.toFixed(0)} s more`,
  );
  say('\nthe audit, when all is quiet:');
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

/** Returns its exit code. */
function audit(
  { databaseUrl, redisUrl }: Stage,
  say: (line: string) => void,
  withQueue: boolean,
): Promise<number> {
  const of = ['--database-url', databaseUrl, ...(withQueue ? ['--redis-url', redisUrl] : [])];
  return runAuditCommand([...of, '--max-rows', MAX_ROWS], {}, { write: say, complain: say });
}

/**
 * Until nothing is open, no wake-up waits, and in Redis nothing is queued or in a worker's hands. Wake-ups that are delayed find nothing when their time
 * comes; nor do those that were handed out in an answer that was lost.
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

/** How many connections the environments have, once PostgreSQL and Redis have seen that they ended. */
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
