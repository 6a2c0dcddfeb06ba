import { RemovalPolicy } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CallbackSettings } from './constructs/callbacks.ts';
import type { CacheSettings } from './constructs/cache.ts';
import type { DatabaseSettings } from './constructs/database.ts';
import type { OutgoingSettings } from './constructs/job-scheduler.ts';
import type { MonitoringSettings } from './constructs/monitoring.ts';
import type { ApiSettings } from './constructs/rest-api.ts';
import type { TickSettings } from './constructs/tick.ts';
import type { WorkerScaling } from './constructs/wake-ups.ts';

/** The settings of a stage. `cdk deploy -c stage=NAME` selects a stage, and the `-c` options in options.ts change it. */
export type StageSettings = {
  /** The stacks are named `belfry-NAME` and `belfry-NAME-data`. */
  name: string;
  /** The data stores: either the stack creates them, or their addresses are given. */
  stores:
    | {
        kind: 'managed';
        natGateways: number;
        database: DatabaseSettings;
        cache: CacheSettings;
      }
    | { kind: 'given'; databaseUrl: string; redisUrl: string };
  tick: TickSettings;
  workers: WorkerScaling;
  outgoing: OutgoingSettings;
  /** The receivers of reports of jobs without their own URLs. */
  callbacks: CallbackSettings;
  api: Omit<ApiSettings, 'isTraced'>;
  monitoring: MonitoringSettings | 'none';
  /** Number of days for which the history is kept. */
  retentionDays: number;
  logRetention: RetentionDays;
  /** Applies to logs and data keys. The database has its own settings. */
  removalPolicy: RemovalPolicy;
  /** The server of the dashboard: only the gateway, or CloudFront in front of it. */
  dashboard: 'gateway' | 'cloudfront';
  /** False for emulators: LocalStack sends binary answers as base64. */
  compressesPages: boolean;
  isTraced: boolean;
  reservesConcurrency: boolean;
  terminationProtection: boolean;
};

const dev: StageSettings = {
  name: 'dev',
  stores: {
    kind: 'managed',
    natGateways: 1,
    database: {
      kind: 'instance',
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
      isMultiAz: false,
      storageGib: 20,
      // The default of RDS for such a small instance. Each connection needs up to 10 MB of its 1 GB.
      maxConnections: 80,
      hasProxy: false,
      backupDays: 1,
      deletionProtection: false,
    },
    cache: { kind: 'nodes', nodeType: 'cache.t4g.micro', nodes: 1 },
  },
  tick: { by: 'schedule', hibernates: false },
  // A new account may run 10 function environments at once. The other 5 are for the API and the tick.
  workers: { maxConcurrency: 5 },
  outgoing: {},
  callbacks: {},
  api: {
    stageName: 'v1',
    maxConcurrency: 20,
    corsOrigins: [],
    accessLogs: { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY },
    keepsAccountLogRole: true,
  },
  monitoring: {},
  retentionDays: 30,
  logRetention: RetentionDays.ONE_WEEK,
  removalPolicy: RemovalPolicy.DESTROY,
  dashboard: 'gateway',
  compressesPages: true,
  isTraced: false,
  reservesConcurrency: false,
  terminationProtection: false,
};

const prod: StageSettings = {
  name: 'prod',
  stores: {
    kind: 'managed',
    natGateways: 2,
    database: {
      kind: 'instance',
      instanceType: InstanceType.of(InstanceClass.M7G, InstanceSize.LARGE),
      isMultiAz: true,
      storageGib: 100,
      // The default of RDS: 8 GB divided by 9,531,392 bytes.
      maxConnections: 850,
      hasProxy: true,
      backupDays: 14,
      deletionProtection: true,
    },
    cache: { kind: 'nodes', nodeType: 'cache.m7g.large', nodes: 2 },
  },
  tick: { by: 'schedule', hibernates: false },
  workers: { maxConcurrency: 100 },
  outgoing: {},
  callbacks: {},
  api: {
    stageName: 'v1',
    maxConcurrency: 150,
    usagePlan: { requestsPerDay: 10_000_000 },
    corsOrigins: [],
    accessLogs: { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.RETAIN },
    keepsAccountLogRole: true,
  },
  monitoring: {},
  retentionDays: 30,
  logRetention: RetentionDays.THREE_MONTHS,
  removalPolicy: RemovalPolicy.RETAIN,
  dashboard: 'gateway',
  compressesPages: true,
  isTraced: true,
  reservesConcurrency: true,
  terminationProtection: true,
};

/** Returns the stage for an emulator, without a network or managed data stores. */
const local = (databaseUrl: string, redisUrl: string): StageSettings => ({
  name: 'local',
  stores: { kind: 'given', databaseUrl, redisUrl },
  // A rule fires on every emulator.
  tick: { by: 'rule', hibernates: false },
  workers: { maxConcurrency: 10 },
  outgoing: { networks: '127.0.0.0/8,::1' },
  callbacks: {},
  api: {
    stageName: 'v1',
    // An emulator has no limit on environments.
    maxConcurrency: 1_000,
    corsOrigins: [],
    accessLogs: { retention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY },
    keepsAccountLogRole: false,
  },
  monitoring: { calculates: false },
  retentionDays: 30,
  logRetention: RetentionDays.ONE_DAY,
  removalPolicy: RemovalPolicy.DESTROY,
  dashboard: 'gateway',
  compressesPages: false,
  isTraced: false,
  reservesConcurrency: false,
  terminationProtection: false,
});

/** Returns the settings of a stage. @throws Error if the name is unknown, or if options of the stage are missing. */
export function stageOf(name: string, given: { databaseUrl?: string; redisUrl?: string }): StageSettings {
  switch (name) {
    case 'dev':
      return dev;
    case 'prod':
      return prod;
    case 'local': {
      const { databaseUrl, redisUrl } = given;
      if (databaseUrl === undefined || redisUrl === undefined)
        throw new Error('stage local needs -c databaseUrl=postgresql://… and -c redisUrl=redis://…');
      return local(databaseUrl, redisUrl);
    }
    default:
      throw new Error(`unknown stage ${name}; -c stage= accepts dev, prod or local`);
  }
}
