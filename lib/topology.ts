import type { ApiKeyScope } from './domain/api-key.ts';
import { limits } from './domain/job.ts';

/** What deploys and what runs locally are both made from this one description. */

export type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** In API Gateway's form: `{id}` stands for one path segment. */
  path: string;
  /** What the caller's API key must allow; null leaves the route open. */
  scope: ApiKeyScope | null;
};

export const routes = [
  { method: 'POST', path: '/api/v1/jobs', scope: 'write' },
  { method: 'POST', path: '/api/v1/jobs/batch', scope: 'write' },
  { method: 'GET', path: '/api/v1/jobs', scope: 'read' },
  { method: 'GET', path: '/api/v1/jobs/{id}', scope: 'read' },
  { method: 'PATCH', path: '/api/v1/jobs/{id}', scope: 'write' },
  { method: 'DELETE', path: '/api/v1/jobs/{id}', scope: 'write' },
  { method: 'GET', path: '/api/v1/jobs/{id}/schedule', scope: 'read' },
  { method: 'GET', path: '/api/v1/jobs/{id}/history', scope: 'read' },
  { method: 'GET', path: '/api/v1/jobs/{id}/upcoming', scope: 'read' },
  { method: 'GET', path: '/queue/stats', scope: 'read' },
  { method: 'POST', path: '/api/v1/keys', scope: 'admin' },
  { method: 'GET', path: '/api/v1/keys', scope: 'admin' },
  { method: 'DELETE', path: '/api/v1/keys/{id}', scope: 'admin' },
  { method: 'GET', path: '/health', scope: null },
  { method: 'GET', path: '/health/deep', scope: 'read' },
  { method: 'GET', path: '/openapi.json', scope: null },
] as const satisfies Route[];

/** Methods that a route answers to: HEAD wherever GET is, by the same code (RFC 9110, section 9.3.2). */
export const methodsOf = ({ method }: Pick<Route, 'method'>): (Route['method'] | 'HEAD')[] =>
  method === 'GET' ? ['GET', 'HEAD'] : [method];

/** What pages of other origins may send, where they may call the API at all. */
export const preflight = {
  methods: [...new Set(routes.flatMap(methodsOf)), 'OPTIONS'],
  headers: ['Authorization', 'Content-Type', 'X-API-Key'],
  maxAgeSeconds: 3_600,
};

/**
 * Requests that one environment of the API serves of each open route, all callers together: enough for the probes of many
 * load balancers, and too little to be worth a flood.
 */
export const openRouteLimit = { perSecond: 20, burst: 40 } as const;

export type FunctionSettings = {
  /** Path of the module that exports `handler`, from the repository's root. */
  entry: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Environments that may run at once; each serves one invocation at a time. */
  maxConcurrency: number;
  /**
   * V8's heap, where its own sizing is not wanted: it goes by the machine, and lets garbage lie for the sake of speed.
   * `semiSpaceMb` is a third of the space for young objects.
   */
  heap?: { semiSpaceMb: number; oldSpaceMb: number };
};

export const functions = {
  /** A second less than the gateway waits. A database that paused needs about 15 s to start. */
  api: { entry: 'functions/api/index.ts', timeoutSeconds: 28, memoryMb: 512, maxConcurrency: 20 },
  scheduler: { entry: 'functions/scheduler/index.ts', timeoutSeconds: 55, memoryMb: 512, maxConcurrency: 2 },
  worker: {
    entry: 'functions/worker/index.ts',
    timeoutSeconds: 180,
    memoryMb: 512,
    maxConcurrency: 20,
    // 117 MB at full speed instead of 241, for a sixth of the rate; with 2 MB one environment in three passed 128.
    heap: { semiSpaceMb: 1, oldSpaceMb: 460 },
  },
} as const satisfies Record<string, FunctionSettings>;

/** What a deploy to AWS runs; on one machine the same is done at the start. */
export const deployFunctions = {
  /** Before new code takes traffic. An index on a big table takes its time. */
  migrate: { entry: 'functions/migrate/index.ts', timeoutSeconds: 840, memoryMb: 512, maxConcurrency: 1 },
  /** Keeps the jobs that a stack declares. */
  declaredJobs: {
    entry: 'functions/declared-jobs/index.ts',
    timeoutSeconds: 60,
    memoryMb: 512,
    maxConcurrency: 1,
  },
} as const satisfies Record<string, FunctionSettings>;

/** Connections to PostgreSQL that one environment of each function takes at most. */
export const databaseConnections = { api: 2, scheduler: 2, worker: 3, migrate: 1, declaredJobs: 2 } as const;

/**
 * The order request < lease < worker < visibility is what makes a dead worker's work come back, once:
 * a lease outlives every request made under it, an invocation every lease it takes out, and a wake-up
 * stays hidden for as long as the invocation that holds it may run.
 */
export const timings = {
  maxRequestMs: limits.maxTimeoutMs,
  /** An execution's lease is its own request timeout plus this. */
  leaseGraceMs: 20_000,
  /**
   * A tick that finds a lease over waits so long before it frees the claim: a worker that kept an outcome because PostgreSQL
   * was away tries again each second.
   */
  recordingGraceMs: 3_000,
  tickIntervalMs: 60_000,
  /**
   * Past the next two ticks: EventBridge Scheduler is up to a minute late, and a tick may fail. One of each still leaves a minute.
   * SQS delays a wake-up by 15 minutes at most, so it may be no longer than that.
   */
  lookAheadMs: 240_000,
  /** A schedule further behind than this was not served for long: what it missed runs once. */
  misfireAfterMs: 300_000,
  /** Wake-ups are delayed to arrive this long, and up to a second more, before the second of the due instant begins. */
  wakeUpLeadMs: 1_000,
  /**
   * How far ahead of now a worker takes work: the lead, its second, the second of the due instant, and a fifth of one for
   * clocks. With less, a wake-up that comes early finds nothing, and the work waits for the next tick.
   */
  takeAheadMs: 3_200,
  /** A claim is made this long before the due instant: late enough that a pause still takes back nearly everything. */
  claimAheadMs: 50,
} as const;

/**
 * What is open in a worker at once. Lambda allows an environment 1,024 descriptors, and every further socket fails with
 * EMFILE. Beside the connections to targets there are Node and Lambda's runtime (some 25), PostgreSQL (3), Redis (1 a node
 * of a cluster), the SDK's clients of SQS and Secrets Manager (50 each at most), name servers (6) and the hosts file (1).
 */
export const descriptors = {
  lambda: 1_024,
  /** To targets, in use and idle, over all origins. */
  connections: 880,
  /** Requests out at once, at most: as many connections, and room for those that still close. */
  maxInFlight: 800,
} as const;

export const wakeUpQueue = {
  name: 'belfry-wake-ups',
  deadLetterName: 'belfry-wake-ups-dead',
  visibilityTimeoutSeconds: 200,
  maxReceiveCount: 5,
  /** Messages a worker invocation is given at most. */
  batchSize: 10,
  /** Jobs one wake-up stands for. */
  jobsPerWakeUp: 100,
} as const;

/**
 * What is measured, in CloudWatch's embedded metric format: namespace `Belfry`, one dimension `service` with the
 * deployment's name. The functions emit them, the dashboard and the alarms read them.
 */
export const metricNamespace = 'Belfry';

export const metrics = {
  /** Executions in each part of the queue, at the end of a tick. */
  queueReady: { name: 'QueueReady', unit: 'Count' },
  queueScheduled: { name: 'QueueScheduled', unit: 'Count' },
  queueRetry: { name: 'QueueRetry', unit: 'Count' },
  queueProcessing: { name: 'QueueProcessing', unit: 'Count' },
  /** How long the execution that is due the longest has waited, by PostgreSQL; 0 when none is due. */
  oldestDueAge: { name: 'OldestDueAge', unit: 'Seconds' },
  /** Of a tick that came to its end; one that fails emits the five above alone. */
  tickDuration: { name: 'TickDuration', unit: 'Milliseconds' },
  /** Schedules that a tick found due, and the executions it dispatched for them. */
  tickSchedules: { name: 'TickSchedules', unit: 'Count' },
  tickExecutions: { name: 'TickExecutions', unit: 'Count' },
  /** 1 for a tick that ran out of time before everything due was dispatched, else 0. */
  tickIncomplete: { name: 'TickIncomplete', unit: 'Count' },
  /** Parts that failed in a tick (Redis, SQS, partitions, history), without which it went on to its end. */
  tickFailedParts: { name: 'TickFailedParts', unit: 'Count' },
  /** What a tick made good: claims whose worker vanished, work back from vanished workers, work Redis had lost. */
  claimsFreed: { name: 'ClaimsFreed', unit: 'Count' },
  executionsReclaimed: { name: 'ExecutionsReclaimed', unit: 'Count' },
  executionsRequeued: { name: 'ExecutionsRequeued', unit: 'Count' },
  executionsSucceeded: { name: 'ExecutionsSucceeded', unit: 'Count' },
  /** By a worker; or by a tick, where a claim's worker vanished and there is no retry. */
  executionsFailed: { name: 'ExecutionsFailed', unit: 'Count' },
  /** Attempts that failed and will be made again. */
  retries: { name: 'Retries', unit: 'Count' },
  /** Outcomes not recorded, as the claim had been taken away from the worker meanwhile. */
  claimsLost: { name: 'ClaimsLost', unit: 'Count' },
  /** From the due instant of an attempt to the moment its request leaves; as a histogram. */
  lateness: { name: 'Lateness', unit: 'Milliseconds' },
} as const;
