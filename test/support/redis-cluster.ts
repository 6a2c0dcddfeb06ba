import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { openServerDir, startRedisServer, type TestRedisServer } from './redis-server.ts';
import { until } from './waiting.ts';

export type ClusterNode = TestRedisServer & {
  /** The port on which the nodes talk to each other. */
  busPort: number;
  url: string;
  /** A connection only to this node, which follows no redirection. */
  redis: Redis;
};

export type TestRedisCluster = {
  nodes: ClusterNode[];
  /** Finds the current owner of the slot of a key. */
  ownerOf: (key: string) => Promise<ClusterNode>;
  /** The node that would take over from the one that owns the key's slot; waits until it follows. */
  replicaOf: (key: string) => Promise<ClusterNode>;
  stop: () => Promise<void>;
};

const LINK_UP = 'master_link_status:up';
const SLOTS = 16_384;
const MASTERS = 3;
/** The other nodes treat a master that is silent for this time as dead. */
const NODE_TIMEOUT_MS = 500;

/** Starts three masters with a third of the slots each, and a replica of the master that owns the slot of `key`. */
export async function startRedisCluster({ key }: { key: string }): Promise<TestRedisCluster> {
  const dataDir = await openServerDir();
  const nodes: ClusterNode[] = [];
  const stop = async (): Promise<void> => {
    for (const { redis } of nodes) redis.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
    await dataDir.close();
  };

  async function startNode(): Promise<ClusterNode> {
    const [port, busPort] = [await freePort(), await freePort()];
    const server = await startRedisServer(dataDir, {
      port: String(port),
      'cluster-enabled': 'yes',
      'cluster-port': String(busPort),
      'cluster-config-file': `nodes-${port}.conf`,
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      // Even a new replica may take over.
      'cluster-replica-validity-factor': '0',
      'repl-diskless-sync-delay': '0',
    });
    const redis = new Redis(server.port, '127.0.0.1', { maxRetriesPerRequest: 0 });
    redis.on('error', () => {});
    return { ...server, busPort, url: `redis://127.0.0.1:${server.port}`, redis };
  }

  async function masterOf(key: string): Promise<{ masterId: string; owner: ClusterNode }> {
    for (const node of nodes) {
      const lines = await describeNodes(node.redis).catch(() => []);
      const slot = await node.redis.cluster('KEYSLOT', key).catch(() => Number.NaN);
      const line = lines.find(
        ({ flags, ranges }) =>
          flags.includes('master') && ranges.some(([from, to]) => from <= slot && slot <= to),
      );
      const owner = nodes.find(({ port }) => port === line?.port);
      if (line !== undefined && owner !== undefined) return { masterId: line.id, owner };
    }
    throw new Error(`no node owns the slot of ${key}`);
  }

  try {
    for (let count = 0; count <= MASTERS; count += 1) nodes.push(await startNode());
    await assignSlots(nodes.slice(0, MASTERS));
    await meet(nodes);
    await untilSo(async () => {
      const views = await Promise.all(nodes.map(({ redis }) => describeNodes(redis)));
      return views.every((view) => view.length === nodes.length);
    });
    const { masterId } = await masterOf(key);
    await nodes.at(-1)?.redis.cluster('REPLICATE', masterId);
    await untilSo(async () => {
      const views = await Promise.all(nodes.map(({ redis }) => describeNodes(redis)));
      const states = await Promise.all(nodes.map(({ redis }) => redis.cluster('INFO')));
      const link = await nodes.at(-1)?.redis.info('replication');
      return (
        states.every((state) => state.includes('cluster_state:ok')) &&
        views.every((view) => view.some(({ flags }) => flags.includes('slave'))) &&
        link?.includes(LINK_UP) === true
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    nodes,
    stop,
    ownerOf: async (key) => (await masterOf(key)).owner,
    replicaOf: async (key) => {
      let replica: ClusterNode | undefined;
      await untilSo(async () => {
        const { masterId, owner } = await masterOf(key);
        const lines = await describeNodes(owner.redis);
        const line = lines.find((line) => line.masterId === masterId && !line.flags.includes('fail'));
        replica = nodes.find(({ port }) => port === line?.port);
        return (await replica?.redis.info('replication'))?.includes(LINK_UP) === true;
      });
      if (replica === undefined) throw new Error(`no node replicates the owner of ${key}`);
      return replica;
    },
  };
}

/** Starts a cluster like a serverless cache: one node with the name and port of the proxy in front of it. */
export async function startOneNodeCluster({
  announcedPort,
}: {
  announcedPort: number;
}): Promise<{ port: number; redis: Redis; stop: () => Promise<void> }> {
  const dataDir = await openServerDir();
  const server = await startRedisServer(dataDir, {
    'cluster-enabled': 'yes',
    'cluster-port': String(await freePort()),
    'cluster-announce-hostname': 'localhost',
    'cluster-preferred-endpoint-type': 'hostname',
    'cluster-announce-port': String(announcedPort),
  });
  const redis = new Redis(server.port, '127.0.0.1', { maxRetriesPerRequest: 0 });
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, SLOTS - 1);
  await untilSo(async () => (await redis.cluster('INFO')).includes('cluster_state:ok'));
  return {
    port: server.port,
    redis,
    stop: async () => {
      redis.disconnect();
      await server.stop();
      await dataDir.close();
    },
  };
}

async function assignSlots(masters: readonly ClusterNode[]): Promise<void> {
  for (const [index, { redis }] of masters.entries()) {
    const from = Math.floor((SLOTS * index) / masters.length);
    const to = Math.floor((SLOTS * (index + 1)) / masters.length) - 1;
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    // Otherwise all begin with the same epoch and have to agree first.
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
}

async function meet([first, ...others]: readonly ClusterNode[]): Promise<void> {
  for (const { port, busPort } of others) {
    await first?.redis.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
  }
}

/** `<id> <ip:port@bus> <flags> <master> <ping> <pong> <epoch> <link> <slots>…`, a line a node. */
async function describeNodes(redis: Redis) {
  const text = String(await redis.cluster('NODES'));
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', masterId = '', , , , , ...slots] = line.split(' ');
      const ranges = slots.map((range) => {
        const [from = '', to = from] = range.split('-');
        return [Number(from), Number(to)] as const;
      });
      return { id, port: Number(/:(\d+)@/.exec(address)?.[1]), flags: flags.split(','), masterId, ranges };
    });
}

/** A cluster needs time until its nodes know each other. */
const untilSo = (isSo: () => Promise<boolean>): Promise<boolean> =>
  until(isSo, { timeoutMs: 20_000, everyMs: 20 });
