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
      /** Initial storage in GiB. It grows automatically up to ten times this size. */
      storageGib: number;
      /** The server's setting `max_connections`. */
      maxConnections: number;
      /** True for an RDS Proxy, which keeps connections open while functions start and end, and during a failover. */
      hasProxy: boolean;
    }
  | {
      /** Aurora Serverless v2. With a `minCapacity` of 0 it pauses after five minutes without a connection. */
      kind: 'aurora';
      minCapacity: number;
      maxCapacity: number;
      /** True for a second instance in another zone, which takes over within a minute. It scales with the first. */
      hasReader: boolean;
    }
);

/** Returns the number of connections that a database accepts, for `capacityOf`. */
export function connectionsOf(settings: DatabaseSettings): { maxConnections: number; hasProxy: boolean } {
  return settings.kind === 'instance'
    ? { maxConnections: settings.maxConnections, hasProxy: settings.hasProxy }
    : { maxConnections: auroraConnections(settings), hasProxy: false };
}

const NAME = 'belfry';
const PORT = 5432;

/** The PostgreSQL that holds the truth. It is encrypted and accepts only TLS. RDS creates and rotates its password. */
export class Database extends Construct {
  readonly access: DatabaseAccess;
  readonly metrics: StoreMetrics;
  /** The identifier of the instance or the cluster. */
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
        // The storage grows automatically when a tenth is left, at most once in six hours.
        alarmBelow: storageGib * 1_073_741_824 * 0.08,
      },
    },
  };
}

/** Adds a proxy. It keeps few connections to the server, and many clients share them for a statement or a transaction. */
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
    // Shorter than a function waits for a connection, so that the function receives the reason for the failure.
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
      // A frozen function does not close its connections. They must not keep the database from pausing.
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

/** Returns Aurora's `max_connections` by its documentation: it follows the maximum capacity, up to 2,000 if it may pause. */
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

/** Returns the secret with the user's name and password. RDS creates it and rotates it every seven days. */
function managedSecret(scope: Construct, database: unknown): ISecret {
  if (!(database instanceof CfnDBInstance || database instanceof CfnDBCluster))
    throw new Error('the database is not an RDS instance or cluster');
  return Secret.fromSecretCompleteArn(scope, 'Login', database.attrMasterUserSecretSecretArn);
}

function acknowledgePort(database: Construct): void {
  Validations.of(database).acknowledge({
    id: 'AwsSolutions-RDS11',
    reason: 'Only the functions can reach the database, so another port would not hide it from anyone else.',
  });
}

function acknowledgeDeletion(database: Construct): void {
  Validations.of(database).acknowledge({
    id: 'AwsSolutions-RDS10',
    reason: 'A database for development is deleted with its stack.',
  });
}
