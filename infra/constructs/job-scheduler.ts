import { type CustomResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { descriptors, functions, pageFunctions } from '../../lib/topology.ts';
import { addSite } from '../bundling.ts';
import { capacityOf } from '../capacity.ts';
import type { Attachment } from './attachment.ts';
import { Callbacks, type CallbackSettings } from './callbacks.ts';
import { DataKeys, type KeySecret } from './data-keys.ts';
import type { DatabaseAccess } from './database-access.ts';
import { DeclaredJobs, type JobDeclaration } from './declared-jobs.ts';
import { Edge } from './edge.ts';
import { Migrations } from './migrations.ts';
import { Monitoring, type MonitoringSettings } from './monitoring.ts';
import { PageFiles } from './page-files.ts';
import { type ApiSettings, RestApi } from './rest-api.ts';
import { type FunctionDefaults, type FunctionNetwork, ServiceFunction } from './service-function.ts';
import type { StoreMetrics } from './store-metrics.ts';
import { Tick, type TickSettings } from './tick.ts';
import { WakeUps, type WorkerScaling } from './wake-ups.ts';

/** Networks and ports in the form of BELFRY_ALLOWED_NETWORKS and BELFRY_ALLOWED_PORTS, separated by commas. */
export type OutgoingSettings = { networks?: string; ports?: string };

export type JobSchedulerProps = {
  /** Name that distinguishes this Belfry from others in the account and region: in metrics, logs and names of schedules. */
  deployment: string;
  /** The network of the functions. Its subnets must have a route to the jobs' URLs. @default the functions run outside any VPC */
  network?: FunctionNetwork;
  database: DatabaseAccess;
  cache: Attachment;
  /** @default every minute, by EventBridge Scheduler, without hibernation */
  tick?: TickSettings;
  /** @default the values in `lib/topology.ts` */
  workers?: WorkerScaling;
  /** @default the concurrency in `lib/topology.ts`, no usage plan, no CORS origins, no firewall */
  api?: Partial<Omit<ApiSettings, 'isTraced'>>;
  /** @default alarms without notifications, and a dashboard */
  monitoring?: MonitoringSettings | 'none';
  /** Networks that jobs may call in addition to public addresses, and ports. @default none, and ports 80, 443, 1024-65535 */
  outgoing?: OutgoingSettings;
  /** Number of days for which the history is kept. @default 30 */
  retentionDays?: number;
  /** Number of days for which the audit log is kept. @default 400 */
  auditRetentionDays?: number;
  /** Connections that the database accepts. The functions must not need more at full load. @default no check and no alarm */
  databaseConnections?: { maxConnections: number; hasProxy: boolean };
  /** Metrics of the database and the cache to watch. @default none */
  storeMetrics?: StoreMetrics;
  /** @default a month */
  logRetention?: RetentionDays;
  /** Applies to the logs, and to the data keys if the stack creates them. @default they are kept when the stack is deleted */
  removalPolicy?: RemovalPolicy;
  /**
   * The secret with the keys of secret headers. Pass one if the database must outlive the stack, because its secret headers
   * cannot be decrypted without the keys. It must hold a key ring, or a text shorter than 43 characters, which Belfry replaces
   * with a key ring.
   *
   * @default a new secret with the removal policy of the stack
   */
  dataKeys?: KeySecret;
  /** `cloudfront` puts a distribution in front of the gateway, with a bucket for hashed files. @default the gateway alone */
  dashboard?: 'gateway' | 'cloudfront';
  /** False for an emulator of API Gateway that sends no binary answers. @default true */
  compressesPages?: boolean;
  /** True to trace with X-Ray. @default false */
  isTraced?: boolean;
  /** True if each function reserves its concurrency. New accounts do not have enough concurrency for it. @default false */
  reservesConcurrency?: boolean;
  /** URLs or SNS topics that receive reports of jobs without URLs of their own. @default none */
  callbacks?: CallbackSettings;
  /** Additional variables for all functions except migrate, such as BELFRY_LOOK_AHEAD_SECONDS. */
  environment?: Record<string, string>;
};

/**
 * A complete Belfry on an existing database and cache: its functions, its queue of wake-ups, its tick, its API and its
 * monitoring.
 */
export class JobScheduler extends Construct {
  readonly api: RestApi;
  readonly edge: Edge | undefined;
  readonly wakeUps: WakeUps;
  readonly tick: Tick;
  readonly migrations: Migrations;
  readonly dataKeys: DataKeys;
  readonly callbacks: Callbacks;
  readonly functions: Record<'api' | 'scheduler' | 'worker' | 'ui', ServiceFunction>;
  readonly #declared: () => DeclaredJobs;

  constructor(scope: Construct, id: string, props: JobSchedulerProps) {
    super(scope, id);
    const outsideNetwork: FunctionDefaults = {
      deployment: props.deployment,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      isTraced: props.isTraced ?? false,
      reservesConcurrency: props.reservesConcurrency ?? false,
    };
    const defaults = { ...outsideNetwork, ...(props.network && { network: props.network }) };
    const { database, cache } = props;
    const tickSettings = props.tick ?? { by: 'schedule', hibernates: false };
    const workers = props.workers ?? { maxConcurrency: functions.worker.maxConcurrency };
    const capacity = capacityOf({
      workers: workers.maxConcurrency,
      apis: props.api?.maxConcurrency ?? functions.api.maxConcurrency,
      ...(props.databaseConnections && { database: props.databaseConnections }),
    });
    const environment = variablesOf(props, workers);
    // Functions that run only during a deployment do not reserve concurrency of the account.
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
    this.callbacks = new Callbacks(this, 'Callbacks', props.callbacks ?? {});
    const stores = [database.work, cache, this.wakeUps.attachment];

    const api = new ServiceFunction(this, 'Api', {
      description: 'Serves the REST API',
      settings: { ...functions.api, maxConcurrency: capacity.concurrency.api },
      defaults,
      attachments: [...stores, this.dataKeys.forUse, ...tick.attachments],
      environment: {
        ...environment,
        ...(corsOrigins.length > 0 && { BELFRY_CORS_ORIGINS: corsOrigins.join(',') }),
        // No API key has a higher limit than the gateway.
        BELFRY_RATE_LIMIT_PER_SECOND: String(keyLimit.requestsPerSecond),
        BELFRY_RATE_LIMIT_BURST: String(keyLimit.burst),
      },
    });
    const scheduler = new ServiceFunction(this, 'Scheduler', {
      description: 'Ticks: dispatches due schedules',
      settings: functions.scheduler,
      defaults,
      attachments: [...stores, ...tick.attachments, this.callbacks.forNaming],
      environment,
    });
    const worker = new ServiceFunction(this, 'Worker', {
      description: "Calls the jobs' URLs",
      settings: { ...functions.worker, maxConcurrency: workers.maxConcurrency },
      defaults,
      attachments: [...stores, this.dataKeys.forUse, this.callbacks.forSending],
      environment,
      // Workers wake workers for more work and for each other's retries. Lambda would treat 16 invocations in a row as a loop
      // and stop them. Each run wakes at most one other worker, and one worker a second wakes as many as may run. An alarm
      // watches for real loops.
      allowsRecursion: true,
    });
    const ui = new ServiceFunction(this, 'Ui', {
      description: 'Serves the dashboard and the API reference',
      settings: pageFunctions.ui,
      // It only reads its own files, so it needs no network.
      defaults: outsideNetwork,
      attachments: [],
      addFiles: addSite({ isCompressed: props.compressesPages ?? true }),
    });
    this.functions = { api, scheduler, worker, ui };
    const stageName = props.api?.stageName ?? 'v1';
    const files =
      props.dashboard === 'cloudfront'
        ? new PageFiles(this, 'PageFiles', { prefix: stageName, ...defaults })
        : undefined;
    files?.deployBefore(ui);
    this.migrations.runBefore(api, scheduler, worker);

    this.tick = tick;
    tick.tick(scheduler);
    this.wakeUps.invoke(worker, workers);
    this.api = new RestApi(this, 'RestApi', {
      accessLogs: { retention: defaults.logRetention, removalPolicy: defaults.removalPolicy },
      keepsAccountLogRole: true,
      ...props.api,
      stageName,
      corsOrigins,
      isTraced: defaults.isTraced,
      api,
      ui,
      name: props.deployment,
      capacity,
    });

    this.edge =
      files &&
      new Edge(this, 'Edge', { gateway: this.api.gateway, stageName, files, name: props.deployment });

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

  /** Declares a job that the deployment creates; see `JobDeclaration`. An invalid declaration fails the deployment. */
  addJob(name: string, job: JobDeclaration): CustomResource {
    return this.#declared().add(name, job);
  }
}

/**
 * Returns the variables of all functions except migrate.
 *
 * @throws Error if a worker's window needs more descriptors than Lambda allows.
 */
function variablesOf(
  props: JobSchedulerProps,
  { maxConcurrency, maxInFlight }: WorkerScaling,
): Record<string, string> {
  if (maxInFlight !== undefined && !(maxInFlight >= 1 && maxInFlight <= descriptors.maxInFlight)) {
    throw new Error(
      `workers: maxInFlight is ${maxInFlight}; it must be 1 to ${descriptors.maxInFlight}, because Lambda allows ${descriptors.lambda} descriptors`,
    );
  }
  const { retentionDays, auditRetentionDays, outgoing, network, environment } = props;
  return {
    BELFRY_MAX_WORKERS: String(maxConcurrency),
    ...(maxInFlight !== undefined && { BELFRY_MAX_IN_FLIGHT: String(maxInFlight) }),
    ...(retentionDays !== undefined && { BELFRY_RETENTION_DAYS: String(retentionDays) }),
    ...(auditRetentionDays !== undefined && { BELFRY_AUDIT_RETENTION_DAYS: String(auditRetentionDays) }),
    ...(outgoing?.networks && { BELFRY_ALLOWED_NETWORKS: outgoing.networks }),
    ...ownNetworks(network),
    ...(outgoing?.ports && { BELFRY_ALLOWED_PORTS: outgoing.ports }),
    ...environment,
  };
}

/** Returns the variable for the functions' own network. A wide allowed network must not open the database and the cache. */
function ownNetworks(network: FunctionNetwork | undefined): { BELFRY_OWN_NETWORKS?: string } {
  if (network === undefined) return {};
  const range = network.range ?? rangeOf(network.vpc);
  return range === undefined ? {} : { BELFRY_OWN_NETWORKS: range };
}

/** Returns the VPC's range; undefined for a VPC that was imported without its range, for which the CDK throws an error. */
function rangeOf(vpc: IVpc): string | undefined {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    return undefined;
  }
}
