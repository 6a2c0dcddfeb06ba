import { Names, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnServerlessCache,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';
import { cacheAt } from './cache-access.ts';
import { CACHE_RIGHTS } from './cache-rights.ts';
import type { StoreMetrics } from './store-metrics.ts';

export type CacheSettings =
  /** With 1 node, the cache may be lost, and the next tick fills it again. With more, a replica in another zone takes over. */
  | { kind: 'nodes'; nodeType: string; nodes: number }
  /** Scales automatically. It is always a cluster, and the queue uses one slot, which is limited to 30,000 units a second. */
  | { kind: 'serverless'; maxStorageGb: number; maxEcpuPerSecond: number };

const PORT = 6379;
/** ElastiCache Serverless listens on a second port for reads from replicas, and requires both ports to be open. */
const SERVERLESS_PORTS = Port.tcpRange(PORT, PORT + 1);
const MEMORY_ALARM_PERCENT = 80;

/** The Valkey that holds the queue. It is encrypted, accepts only TLS, and authenticates its user with IAM. */
export class Cache extends Construct {
  readonly access: Attachment;
  readonly metrics: StoreMetrics;
  /** The replication group's id, or the serverless cache's name. */
  readonly name: string;

  constructor(scope: Construct, id: string, { vpc, ...settings }: CacheSettings & { vpc: IVpc }) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, 'Access', {
      vpc,
      description: 'The cache',
      allowAllOutbound: false,
    });
    const connections = new Connections({
      securityGroups: [securityGroup],
      defaultPort: settings.kind === 'serverless' ? SERVERLESS_PORTS : Port.tcp(PORT),
    });
    const { subnetIds } = vpc.selectSubnets({ subnetGroupName: 'data' });
    const { user, userGroupId } = makeUser(this);
    const placed = { subnetIds, securityGroupIds: [securityGroup.securityGroupId], userGroupId };
    const made =
      settings.kind === 'nodes' ? makeNodes(this, settings, placed) : makeServerless(this, settings, placed);
    this.access = cacheAt(this, { ...made.address, user, connections });
    this.metrics = made.metrics;
    this.name = made.address.cacheName;
  }
}

type Placed = { subnetIds: string[]; securityGroupIds: string[]; userGroupId: string };

/** Returns a unique name. Names must be in lower case, have at most 40 characters, and be unique in an account and region. */
function nameOf(scope: Construct): string {
  return Names.uniqueResourceName(scope, { maxLength: 38, separator: '-' }).toLowerCase();
}

function makeUser(scope: Construct): { user: string; userGroupId: string } {
  const name = nameOf(scope);
  const user = new CfnUser(scope, 'User', {
    engine: 'valkey',
    // IAM requires the same id and name.
    userId: name,
    userName: name,
    authenticationMode: { Type: 'iam' },
    accessString: CACHE_RIGHTS,
  });
  const group = new CfnUserGroup(scope, 'Users', { engine: 'valkey', userGroupId: name, userIds: [name] });
  group.addResourceDependency(user);
  return { user: name, userGroupId: group.ref };
}

function makeNodes(scope: Construct, settings: Extract<CacheSettings, { kind: 'nodes' }>, placed: Placed) {
  const { nodeType, nodes } = settings;
  const cacheName = nameOf(scope);
  const subnets = new CfnSubnetGroup(scope, 'Subnets', {
    description: 'The cache',
    subnetIds: placed.subnetIds,
  });
  const parameters = new CfnParameterGroup(scope, 'Parameters', {
    cacheParameterGroupFamily: 'valkey8',
    description: 'Refuses writes when memory is full, instead of dropping queued executions',
    properties: { 'maxmemory-policy': 'noeviction' },
  });
  const cache = new CfnReplicationGroup(scope, 'Nodes', {
    replicationGroupId: cacheName,
    replicationGroupDescription: "Belfry's queue",
    engine: 'valkey',
    engineVersion: '8.0',
    cacheNodeType: nodeType,
    numCacheClusters: nodes,
    automaticFailoverEnabled: nodes > 1,
    multiAzEnabled: nodes > 1,
    port: PORT,
    cacheSubnetGroupName: subnets.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: placed.securityGroupIds,
    userGroupIds: [placed.userGroupId],
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    atRestEncryptionEnabled: true,
    autoMinorVersionUpgrade: true,
    // The queue is rebuilt from PostgreSQL, faster than from a snapshot.
    snapshotRetentionLimit: 0,
  });
  cache.applyRemovalPolicy(RemovalPolicy.DESTROY);
  Validations.of(cache).acknowledge({
    id: 'AwsSolutions-AEC6',
    reason: 'The user authenticates with IAM, so there is no password to store or rotate.',
  });
  if (nodes === 1) {
    Validations.of(cache).acknowledge({
      id: 'AwsSolutions-AEC4',
      reason: 'The next tick fills a lost cache again, which is enough for development.',
    });
  }
  const metric = (metricName: string, label: string) =>
    new Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { CacheClusterId: `${cacheName}-001` },
      statistic: 'max',
      label,
    });
  return {
    address: {
      host: cache.attrPrimaryEndPointAddress,
      port: cache.attrPrimaryEndPointPort,
      isCluster: false,
      cacheName,
      isServerless: false,
    },
    metrics: {
      cacheLoad: metric('EngineCPUUtilization', 'engine CPU (%)'),
      cacheMemory: {
        metric: metric('DatabaseMemoryUsagePercentage', 'memory used (%)'),
        alarmAbove: MEMORY_ALARM_PERCENT,
      },
    },
  };
}

function makeServerless(
  scope: Construct,
  { maxStorageGb, maxEcpuPerSecond }: Extract<CacheSettings, { kind: 'serverless' }>,
  placed: Placed,
) {
  const cacheName = nameOf(scope);
  const cache = new CfnServerlessCache(scope, 'Serverless', {
    serverlessCacheName: cacheName,
    description: "Belfry's queue",
    engine: 'valkey',
    majorEngineVersion: '8',
    subnetIds: placed.subnetIds,
    securityGroupIds: placed.securityGroupIds,
    userGroupId: placed.userGroupId,
    cacheUsageLimits: {
      dataStorage: { maximum: maxStorageGb, unit: 'GB' },
      ecpuPerSecond: { maximum: maxEcpuPerSecond },
    },
  });
  const metric = (metricName: string, label: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { clusterId: cacheName },
      statistic,
      label,
    });
  return {
    address: {
      host: cache.attrEndpointAddress,
      port: cache.attrEndpointPort,
      isCluster: true,
      cacheName,
      isServerless: true,
    },
    metrics: {
      cacheLoad: metric('ElastiCacheProcessingUnits', 'ECPUs', 'sum'),
      cacheMemory: {
        metric: metric('BytesUsedForCache', 'used (bytes)', 'max'),
        alarmAbove: (maxStorageGb * 1e9 * MEMORY_ALARM_PERCENT) / 100,
      },
    },
  };
}
