import { type CustomResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { descriptors, functions } from '../../lib/topology.ts';
import { capacityOf } from '../capacity.ts';
import type { Attachment } from './attachment.ts';
import { DataKeys, type KeySecret } from './data-keys.ts';
import type { DatabaseAccess } from './database-access.ts';
import { DeclaredJobs, type JobDeclaration } from './declared-jobs.ts';
import { Migrations } from './migrations.ts';
import { Monitoring, type MonitoringSettings } from './monitoring.ts';
import { type ApiSettings, RestApi } from './rest-api.ts';
import { type FunctionDefaults, type FunctionNetwork, ServiceFunction } from './service-function.ts';
import type { StoreMetrics } from './store-metrics.ts';
import { Tick, type TickSettings } from './tick.ts';
import { WakeUps, type WorkerScaling } from './wake-ups.ts';

/** As BELFRY_ALLOWED_NETWORKS and BELFRY_ALLOWED_PORTS are written: with commas in between. */
export type OutgoingSettings = { networks?: string; ports?: string };

export type JobSchedulerProps = {
  /** Tells this Belfry from others of the account and region, in metrics, logs and the names of its schedules. */
  deployment: string;
  /** Where the functions run; with none they are outside of any VPC. Their subnets need a way out to the jobs' URLs. */
  network?: FunctionNetwork;
  database: DatabaseAccess;
  cache: Attachment;
  /** @default every minute by EventBridge Scheduler, for ever */
  tick?: TickSettings;
  /** @default as `lib/topology.ts` has it */
  workers?: WorkerScaling;
  /** @default as many environments as `lib/topology.ts` has it, no usage plan, no pages, no firewall */
  api?: Partial<Omit<ApiSettings, 'isTraced'>>;
  /** @default alarms and a dashboard, and nobody is told */
  monitoring?: MonitoringSettings | 'none';
  /** Where jobs may call beside public addresses, and by which ports. @default nowhere, and 80, 443, 1024-65535 */
  outgoing?: OutgoingSettings;
  /** Days that the history is kept. @default 30 */
  retentionDays?: number;
  /** What the database takes, which the functions at full load must not pass. @default not looked at, and no alarm */
  databaseConnections?: { maxConnections: number; hasProxy: boolean };
  /** What is watched of the database and the cache. @default nothing */
  storeMetrics?: StoreMetrics;
  /** @default a month */
  logRetention?: RetentionDays;
  /** What becomes of logs with the stack, and of the data keys where they are made here. @default they stay */
  removalPolicy?: RemovalPolicy;
  /**
   * Where the keys of secret headers are kept, for a database that is to outlive the stack in every case: without them its
   * secret headers cannot be read. A key ring, or a text shorter than 43 characters, in whose place one is put.
   *
   * @default a secret is made, and goes by the removal policy
   */
  dataKeys?: KeySecret;
  /** X-Ray. @default false */
  isTraced?: boolean;
  /** Whether each function keeps its concurrency to itself; new accounts have too little for it. @default false */
  reservesConcurrency?: boolean;
  /** More variables for the functions at work, such as BELFRY_LOOK_AHEAD_SECONDS. */
  environment?: Record<string, string>;
};

/**
 * A whole Belfry, over a database and a cache that are there: its functions, its queue of wake-ups, its tick, its API and
 * what watches them.
 */
export class JobScheduler extends Construct {
  readonly api: RestApi;
  readonly wakeUps: WakeUps;
  readonly tick: Tick;
  readonly migrations: Migrations;
  readonly dataKeys: DataKeys;
  readonly functions: { api: ServiceFunction; scheduler: ServiceFunction; worker: ServiceFunction };
  readonly #declared: () => DeclaredJobs;

  constructor(scope: Construct, id: string, props: JobSchedulerProps) {
    super(scope, id);
    const defaults: FunctionDefaults = {
      deployment: props.deployment,
      ...(props.network && { network: props.network }),
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      isTraced: props.isTraced ?? false,
      reservesConcurrency: props.reservesConcurrency ?? false,
    };
    const { database, cache } = props;
    const tickSettings = props.tick ?? { by: 'schedule', hibernates: false };
    const workers = props.workers ?? { maxConcurrency: functions.worker.maxConcurrency };
    const { maxInFlight } = workers;
    if (maxInFlight !== undefined && !(maxInFlight >= 1 && maxInFlight <= descriptors.maxInFlight)) {
      throw new Error(
        `workers: maxInFlight is ${maxInFlight}; give 1 to ${descriptors.maxInFlight}, as Lambda allows ${descriptors.lambda} descriptors`,
      );
    }
    const capacity = capacityOf({
      workers: workers.maxConcurrency,
      apis: props.api?.maxConcurrency ?? functions.api.maxConcurrency,
      ...(props.databaseConnections && { database: props.databaseConnections }),
    });
    const environment = {
      BELFRY_MAX_WORKERS: String(workers.maxConcurrency),
      ...(maxInFlight !== undefined && { BELFRY_MAX_IN_FLIGHT: String(maxInFlight) }),
      ...(props.retentionDays !== undefined && { BELFRY_RETENTION_DAYS: String(props.retentionDays) }),
      ...(props.outgoing?.networks && { BELFRY_ALLOWED_NETWORKS: props.outgoing.networks }),
      ...ownNetworks(props.network),
      ...(props.outgoing?.ports && { BELFRY_ALLOWED_PORTS: props.outgoing.ports }),
      ...props.environment,
    };
    // What runs in a deploy alone takes nothing from the account for it.
    const atDeploy = { ...defaults, reservesConcurrency: false };
    const { corsOrigins = [], usagePlan } = props.api ?? {};
    const keyLimit = usagePlan === undefined ? capacity.throttle : capacity.keyThrottle;

    this.dataKeys = new DataKeys(this, 'DataKeys', {
      secret: props.dataKeys,
      removalPolicy: defaults.removalPolicy,
    });
    this.migrations = new Migrations(this, 'Migrations', {
      defaults: atDeploy,
      database: database.migrations,
      dataKeys: this.dataKeys.forMaking,
    });
    this.wakeUps = new WakeUps(this, 'WakeUps');
    const tick = new Tick(this, 'Tick', { deployment: props.deployment, ...tickSettings });
    const stores = [database.work, cache, this.wakeUps.attachment];

    const api = new ServiceFunction(this, 'Api', {
      description: 'Serves the REST API',
      settings: { ...functions.api, maxConcurrency: capacity.concurrency.api },
      defaults,
      attachments: [...stores, this.dataKeys.forUse, ...tick.attachments],
      environment: {
        ...environment,
        ...(corsOrigins.length > 0 && { BELFRY_CORS_ORIGINS: corsOrigins.join(',') }),
        // No key may do more than the gateway lets through.
        BELFRY_RATE_LIMIT_PER_SECOND: String(keyLimit.requestsPerSecond),
        BELFRY_RATE_LIMIT_BURST: String(keyLimit.burst),
      },
    });
    const scheduler = new ServiceFunction(this, 'Scheduler', {
      description: 'Ticks: dispatches what comes due',
      settings: functions.scheduler,
      defaults,
      attachments: [...stores, ...tick.attachments],
      environment,
    });
    const worker = new ServiceFunction(this, 'Worker', {
      description: "Calls the jobs' URLs",
      settings: { ...functions.worker, maxConcurrency: workers.maxConcurrency },
      defaults,
      attachments: [...stores, this.dataKeys.forUse],
      environment,
      // Workers wake workers for more work, and for each other's retries. Lambda would take 16 in a row for a loop, and stop them.
      // Each run wakes one other at most, and one worker a second as many as may run; an alarm watches the rest.
      allowsRecursion: true,
    });
    this.functions = { api, scheduler, worker };
    this.migrations.runBefore(api, scheduler, worker);

    this.tick = tick;
    tick.tick(scheduler);
    this.wakeUps.invoke(worker, workers);
    this.api = new RestApi(this, 'RestApi', {
      stageName: 'v1',
      accessLogs: { retention: defaults.logRetention, removalPolicy: defaults.removalPolicy },
      keepsAccountLogRole: true,
      ...props.api,
      corsOrigins,
      isTraced: defaults.isTraced,
      api,
      name: props.deployment,
      capacity,
    });

    const { monitoring = {}, storeMetrics = {} } = props;
    if (monitoring !== 'none') {
      new Monitoring(this, 'Monitoring', {
        ...monitoring,
        deployment: props.deployment,
        functions: this.functions,
        wakeUps: this.wakeUps,
        tick,
        gateway: this.api.gateway,
        stores: storeMetrics,
        capacity,
      });
    }

    let declared: DeclaredJobs | undefined;
    this.#declared = () => {
      if (declared === undefined) {
        declared = new DeclaredJobs(this, 'DeclaredJobs', {
          defaults: atDeploy,
          attachments: [...stores, this.dataKeys.forUse, ...tick.attachments],
          environment,
        });
        this.migrations.runBefore(declared.keep);
      }
      return declared;
    };
  }

  /** Declares a job that is there after the deploy; see `JobDeclaration`. What is wrong with it fails the deploy. */
  addJob(name: string, job: JobDeclaration): CustomResource {
    return this.#declared().add(name, job);
  }
}

/** The network of the functions, whose database and cache no job is to reach by a wide network that was allowed. */
function ownNetworks(network: FunctionNetwork | undefined): { BELFRY_OWN_NETWORKS?: string } {
  if (network === undefined) return {};
  const range = network.range ?? rangeOf(network.vpc);
  return range === undefined ? {} : { BELFRY_OWN_NETWORKS: range };
}

/** Undefined for a VPC that was imported without it: to ask such a one is an error of the CDK's. */
function rangeOf(vpc: IVpc): string | undefined {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    return undefined;
  }
}
