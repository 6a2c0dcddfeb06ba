import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDueExecutions } from '../support/prepare.ts';
import type { Stage } from '../../test/support/services.ts';
import { DEFAULT, DEPLOYED, startWorkerEnvironment, type Memory } from '../support/worker-environment.ts';
import type { Installed } from './install.ts';
import { nodeProgram, startPeer, type Launch, type Peer, type Took } from './peer.ts';

export type Contender = {
  name: string;
  /** The durable record of one job. */
  record: string;
  /** Counts the records, as `count`. */
  countRecords: string;
  /** Starts its worker's process, without work. */
  start: (stage: Stage, target: string) => Promise<Pick<Peer, 'work' | 'stop'>>;
  /** Stores jobs, in another process than the worker. */
  enqueue: (stage: Stage, target: string, first: number, count: number) => Promise<unknown>;
};

export function listContenders(installed: Installed): Contender[] {
  const { river } = installed;
  return [
    belfry('Belfry, as deployed', DEPLOYED),
    belfry("Belfry, Node's own heap", DEFAULT),
    ...('program' in river ? [peer(RIVER, { command: river.program, args: [] })] : []),
    ...NODE_PEERS.map(({ folder, ...facts }) => peer(facts, nodeProgram(installed, folder))),
  ];
}

function belfry(name: string, memory: Memory): Contender {
  return {
    name,
    record: "the execution's row",
    countRecords: `select count(*)::int as count from job_executions where status = 'SUCCESS'`,
    start: async (stage) => {
      const environment = await startWorkerEnvironment(stage, memory, []);
      const work = async (): Promise<Took> => {
        const startedMs = performance.now();
        const { durationMs, cpuMs } = await environment.wake();
        if (!(await hasOpenExecutions(stage))) return { wallMs: durationMs, cpuMs };
        // On an overloaded machine, the target looks like a host that hangs, and its executions are snoozed.
        await sleep(SNOOZED_MS);
        const further = await work();
        return { wallMs: performance.now() - startedMs, cpuMs: cpuMs + further.cpuMs };
      };
      return { work, stop: environment.stop };
    },
    enqueue: (stage, target, _first, count) => prepareDueExecutions(stage, target, count),
  };
}

const SNOOZED_MS = 100;

async function hasOpenExecutions({ pool }: Stage): Promise<boolean> {
  const { rows } = await pool.query(
    /* sql */ `select from job_executions where status in ('SCHEDULED', 'RUNNING', 'RETRYING') limit 1`,
  );
  return rows.length > 0;
}

type PeerFacts = Pick<Contender, 'name' | 'record' | 'countRecords'>;

const RIVER: PeerFacts = {
  name: 'River',
  record: "the job's own row, completed",
  countRecords: `select count(*)::int as count from river_job where state = 'completed'`,
};

const HISTORY = { record: 'a history row', countRecords: 'select count(*)::int as count from history' };

const NODE_PEERS: (PeerFacts & { folder: string })[] = [
  {
    name: 'pg-boss',
    folder: 'pg-boss',
    record: "the job's own row, completed",
    countRecords: `select count(*)::int as count from pgboss.job where state = 'completed'`,
  },
  { name: 'graphile-worker', folder: 'graphile-worker', ...HISTORY },
  { name: 'BullMQ', folder: 'bullmq', ...HISTORY },
  {
    name: 'a minimal Node loop (the limit)',
    folder: 'minimal',
    record: "the job's own row",
    countRecords: 'select count(*)::int as count from work where state = 2',
  },
];

function peer(facts: PeerFacts, launch: Launch): Contender {
  return {
    ...facts,
    start: (stage, target) => startPeer(stage, target, launch),
    enqueue: async (stage, target, first, count) => {
      const program = await startPeer(stage, target, launch);
      await program.enqueue(first, count);
      await program.stop();
    },
  };
}
