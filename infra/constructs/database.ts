import { Duration, RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import {
  Connections,
  type IVpc,
  type InstanceType,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AuroraPostgresEngineVersion,
  CfnDBCluster,
  CfnDBInstance,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseProxy,
  PostgresEngineVersion,
  ProxyTarget,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { PROXY_SHARE } from '../capacity.ts';
import { type DatabaseAccess, databaseAt } from './database-access.ts';
import type { StoreMetrics } from './store-metrics.ts';

export type DatabaseSettings = {
  backupDays: number;
  deletionProtection: boolean;
} & (
  | {
      kind: 'instance';
      instanceType: InstanceType;
      isMultiAz: boolean;
      /** In GiB; it grows to ten times that by itself. */
      storageGib: number;
      /** As the server is set to. */
      maxConnections: number;
      /** RDS Proxy: keeps connections for functions that come and go, and over a failover. */
      hasProxy: boolean;
    }
  | {
      /** Aurora Serverless v2. With 0 at least it pauses after five minutes without a connection. */
      kind: 'aurora';
      minCapacity: number;
      maxCapacity: number;
      /** A second instance in another zone, which takes over within a minute. It scales with the first. */
      hasReader: boolean;
    }
);

/** What a database takes, as `capacityOf` asks. */
export function connectionsOf(settings: DatabaseSettings): { maxConnections: number; hasProxy: boolean } {
  return settings.kind === 'instance'
    ? { maxConnections: settings.maxConnections, hasProxy: settings.hasProxy }
    : { maxConnections: auroraConnections(settings), hasProxy: false };
}

const NAME = 'belfry';
const PORT = 5432;
/** PostgreSQL, which holds the truth: encrypted, over TLS alone, its password made and rotated by RDS. */
export class Database extends Construct {
  readonly access: DatabaseAccess;
  readonly metrics: StoreMetrics;
  /** Of the instance or the cluster. */
  readonly identifier: string;

  constructor(scope: Construct, id: string, { vpc, ...settings }: DatabaseSettings & { vpc: IVpc }) {
    super(scope, id);
    const placed = { vpc, vpcSubnets: { subnetGroupName: 'data' } };
    const made =
      settings.kind === 'instance'
        ? makeInstance(this, settings, placed)
        : makeAurora(this, settings, placed);
    this.access = made.access;
    this.metrics = made.metrics;
    this.identifier = made.identifier;
  }
}

type Placed = { vpc: IVpc; vpcSubnets: SubnetSelection };
type Made = { access: DatabaseAccess; metrics: StoreMetrics; identifier: string };
type Settings<Kind> = Extract<DatabaseSettings, { kind: Kind }>;

function makeInstance(scope: Construct, settings: Settings<'instance'>, placed: Placed): Made {
  const { isMultiAz, storageGib, maxConnections, hasProxy } = settings;
  const instance = new DatabaseInstance(scope, 'Instance', {
    ...placed,
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_18 }),
    instanceType: settings.instanceType,
    databaseName: NAME,
    credentials: Credentials.fromUsername(NAME),
    manageMasterUserPassword: true,
    parameters: { 'rds.force_ssl': '1', max_connections: String(maxConnections) },
    multiAz: isMultiAz,
    storageType: StorageType.GP3,
    allocatedStorage: storageGib,
    maxAllocatedStorage: storageGib * 10,
    ...shared(settings),
    backupRetention: Duration.days(settings.backupDays),
    copyTagsToSnapshot: true,
    cloudwatchLogsExports: ['postgresql'],
    enablePerformanceInsights: isMultiAz,
  });
  acknowledgePort(instance);
  const secret = managedSecret(scope, instance.node.defaultChild);
  const proxy = hasProxy ? addProxy(scope, instance, secret, placed) : undefined;
  if (!isMultiAz) {
    Validations.of(instance).acknowledge({
      id: 'AwsSolutions-RDS3',
      reason: 'A single instance is enough for development, at half the price.',
    });
  }
  if (!settings.deletionProtection) acknowledgeDeletion(instance);
  return {
    identifier: instance.instanceIdentifier,
    access: databaseAt({
      host: instance.dbInstanceEndpointAddress,
      port: instance.dbInstanceEndpointPort,
      name: NAME,
      secret,
      connections: instance.connections,
      ...(proxy && { proxy }),
    }),
    metrics: {
      databaseLoad: instance.metricCPUUtilization({ label: 'CPU (%)' }),
      databaseConnections: instance.metricDatabaseConnections({ statistic: 'max', label: 'connections' }),
      databaseFreeStorage: {
        metric: instance.metricFreeStorageSpace({ statistic: 'min', label: 'free (bytes)' }),
        // It grows by itself when a tenth is left, once in six hours at the most.
        alarmBelow: storageGib * 1_073_741_824 * 0.08,
      },
    },
  };
}

/** Keeps few connections to the server, which many clients share a statement or a transaction at a time. */
function addProxy(
  scope: Construct,
  instance: DatabaseInstance,
  secret: ISecret,
  { vpc, vpcSubnets }: Placed,
): { host: string; connections: Connections } {
  const securityGroup = new SecurityGroup(scope, 'ProxyAccess', { vpc, description: 'The database proxy' });
  const { endpoint } = new DatabaseProxy(scope, 'Proxy', {
    proxyTarget: ProxyTarget.fromInstance(instance),
    secrets: [secret],
    vpc,
    vpcSubnets,
    securityGroups: [securityGroup],
    requireTLS: true,
    maxConnectionsPercent: PROXY_SHARE * 100,
    // Less than a function waits for a connection, so that it hears why there is none.
    borrowTimeout: Duration.seconds(4),
    idleClientTimeout: Duration.minutes(10),
  });
  const connections = new Connections({ securityGroups: [securityGroup], defaultPort: Port.tcp(PORT) });
  return { host: endpoint, connections };
}

function makeAurora(scope: Construct, settings: Settings<'aurora'>, placed: Placed): Made {
  const { minCapacity, maxCapacity, hasReader } = settings;
  const cluster = new DatabaseCluster(scope, 'Cluster', {
    ...placed,
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_18_3 }),
    writer: ClusterInstance.serverlessV2('Writer', { autoMinorVersionUpgrade: true }),
    ...(hasReader && {
      readers: [
        ClusterInstance.serverlessV2('Reader', { autoMinorVersionUpgrade: true, scaleWithWriter: true }),
      ],
    }),
    serverlessV2MinCapacity: minCapacity,
    serverlessV2MaxCapacity: maxCapacity,
    ...(minCapacity === 0 && { serverlessV2AutoPauseDuration: Duration.minutes(5) }),
    defaultDatabaseName: NAME,
    credentials: Credentials.fromUsername(NAME),
    manageMasterUserPassword: true,
    parameters: {
      'rds.force_ssl': '1',
      // A frozen function closes nothing; it must not keep the database from pausing.
      ...(minCapacity === 0 && { idle_session_timeout: String(Duration.minutes(2).toMilliseconds()) }),
    },
    ...shared(settings),
    backup: { retention: Duration.days(settings.backupDays) },
    cloudwatchLogsExports: ['postgresql'],
  });
  acknowledgePort(cluster);
  if (!settings.deletionProtection) acknowledgeDeletion(cluster);
  return {
    identifier: cluster.clusterIdentifier,
    access: databaseAt({
      host: cluster.clusterEndpoint.hostname,
      port: Token.asString(cluster.clusterEndpoint.port),
      name: NAME,
      secret: managedSecret(scope, cluster.node.defaultChild),
      connections: cluster.connections,
    }),
    metrics: {
      databaseLoad: cluster.metric('ACUUtilization', { statistic: 'max', label: 'capacity used (%)' }),
      databaseConnections: cluster.metricDatabaseConnections({ statistic: 'max', label: 'connections' }),
    },
  };
}

/** What Aurora sets `max_connections` to, by its documentation: by the greatest capacity, but 2,000 where it may pause. */
function auroraConnections({ minCapacity, maxCapacity }: Settings<'aurora'>): number {
  const byMemory = Math.floor((maxCapacity * 2 * 1_073_741_824) / 9_531_392);
  return Math.min(byMemory, minCapacity <= 0.5 ? 2_000 : 5_000);
}

function shared({ deletionProtection }: DatabaseSettings) {
  return {
    port: PORT,
    storageEncrypted: true,
    iamAuthentication: true,
    deletionProtection,
    removalPolicy: deletionProtection ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
  };
}

/** RDS makes it, with the user's name and password, and rotates it every seven days. */
function managedSecret(scope: Construct, database: unknown): ISecret {
  if (!(database instanceof CfnDBInstance || database instanceof CfnDBCluster))
    throw new Error('neither an instance nor a cluster of RDS');
  return Secret.fromSecretCompleteArn(scope, 'Login', database.attrMasterUserSecretSecretArn);
}

function acknowledgePort(database: Construct): void {
  Validations.of(database).acknowledge({
    id: 'AwsSolutions-RDS11',
    reason: 'Another port would hide it from nobody who could reach it; the functions alone can.',
  });
}

function acknowledgeDeletion(database: Construct): void {
  Validations.of(database).acknowledge({
    id: 'AwsSolutions-RDS10',
    reason: 'A database for development goes with its stack.',
  });
}
