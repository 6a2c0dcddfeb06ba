import type { ApiKeyScope } from './domain/api-key.ts';
import { limits } from './domain/job.ts';

/** This description is the source of both the deployment on AWS and the local run. */

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In API Gateway's form: `{id}` stands for one path segment. */
  path: string;
  /** The scope that the caller's API key needs; `any` for a route that each key may use; null for an open route. */
  scope: ApiKeyScope | 'any' | null;
  /** `query` if the key may also be in the parameter `token`, for programs that send no headers. @default `header` */
  keyIn?: 'query';
};

/** The paths of one job. */
export const jobPaths = { byId: '/api/v1/jobs/{id}', byKey: '/api/v1/jobs/by-key/{key}' } as const;

/** The routes of one job. Each exists below the job's id and below its key, and does the same. */
export const jobRoutes = [
  { method: 'GET', path: '', scope: 'read' },
  { method: 'PATCH', path: '', scope: 'write' },
  { method: 'DELETE', path: '', scope: 'write' },
  { method: 'POST', path: '/run', scope: 'write' },
  { method: 'POST', path: '/pause', scope: 'write' },
  { method: 'POST', path: '/resume', scope: 'write' },
  { method: 'GET', path: '/schedule', scope: 'read' },
  { method: 'GET', path: '/history', scope: 'read' },
  { method: 'GET', path: '/upcoming', scope: 'read' },
  { method: 'GET', path: '/stats', scope: 'read' },
] as const satisfies Route[];

export const routes = [
  { method: 'POST', path: '/api/v1/jobs', scope: 'write' },
  { method: 'POST', path: '/api/v1/jobs/batch', scope: 'write' },
  { method: 'GET', path: '/api/v1/jobs', scope: 'read' },
  { method: 'GET', path: '/api/v1/jobs/summaries', scope: 'read' },
  { method: 'GET', path: '/api/v1/jobs/failing', scope: 'read' },
  // Routes by key come first: a key can be `run` or `history`.
  { method: 'PUT', path: jobPaths.byKey, scope: 'write' },
  ...below(jobPaths.byKey, jobRoutes),
  ...below(jobPaths.byId, jobRoutes),
  { method: 'GET', path: '/api/v1/executions', scope: 'read' },
  { method: 'GET', path: '/api/v1/upcoming', scope: 'read' },
  { method: 'POST', path: '/api/v1/executions/{id}/retry', scope: 'write' },
  { method: 'POST', path: '/api/v1/executions/{id}/cancel', scope: 'write' },
  { method: 'POST', path: '/api/v1/schedules/preview', scope: 'read' },
  { method: 'GET', path: '/api/v1/executions/{id}', scope: 'read' },
  { method: 'GET', path: '/api/v1/executions/{id}/explain', scope: 'read' },
  { method: 'GET', path: '/api/v1/failures', scope: 'read' },
  { method: 'GET', path: '/api/v1/failures/{id}', scope: 'read' },
  { method: 'GET', path: '/api/v1/failures/{id}/jobs', scope: 'read' },
  { method: 'POST', path: '/api/v1/failures/{id}/redrive', scope: 'write' },
  { method: 'POST', path: '/api/v1/failures/{id}/ignore', scope: 'write' },
  { method: 'POST', path: '/api/v1/failures/{id}/resolve', scope: 'write' },
  { method: 'POST', path: '/api/v1/failures/{id}/reopen', scope: 'write' },
  { method: 'POST', path: '/api/v1/schedules/load', scope: 'read' },
  { method: 'GET', path: '/api/v1/groups', scope: 'read' },
  { method: 'GET', path: '/api/v1/hosts', scope: 'read' },
  { method: 'GET', path: '/queue/stats', scope: 'read' },
  { method: 'GET', path: '/api/v1/stats', scope: 'read' },
  { method: 'GET', path: '/api/v1/stats/groups', scope: 'read' },
  { method: 'GET', path: '/metrics', scope: 'read' },
  { method: 'POST', path: '/api/v1/keys', scope: 'admin' },
  { method: 'GET', path: '/api/v1/keys', scope: 'admin' },
  { method: 'GET', path: '/api/v1/keys/me', scope: 'any' },
  { method: 'DELETE', path: '/api/v1/keys/{id}', scope: 'admin' },
  { method: 'GET', path: '/api/v1/audit', scope: 'admin' },
  { method: 'POST', path: '/api/v1/operations', scope: 'write' },
  { method: 'GET', path: '/api/v1/operations', scope: 'read' },
  { method: 'GET', path: '/api/v1/operations/{id}', scope: 'read' },
  { method: 'POST', path: '/api/v1/operations/{id}/abort', scope: 'write' },
  { method: 'POST', path: '/api/v1/signing-keys', scope: 'admin' },
  { method: 'GET', path: '/api/v1/signing-keys', scope: 'admin' },
  { method: 'GET', path: '/api/v1/signing-keys/{id}/secret', scope: 'admin' },
  { method: 'DELETE', path: '/api/v1/signing-keys/{id}', scope: 'admin' },
  { method: 'GET', path: '/calendar.ics', scope: 'calendar', keyIn: 'query' },
  { method: 'GET', path: '/health', scope: null },
  { method: 'GET', path: '/health/deep', scope: 'read' },
  { method: 'GET', path: '/openapi.json', scope: null },
] as const satisfies Route[];

type Below<Base extends string, Routes extends readonly Route[]> = {
  [Index in keyof Routes]: Omit<Routes[Index], 'path'> & { path: `${Base}${Routes[Index]['path']}` };
};

/** Puts the path in front of the paths of routes. */
function below<Base extends string, const Routes extends readonly Route[]>(
  base: Base,
  relative: Routes,
): Below<Base, Routes> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map keeps the length and the order
  return relative.map((route) => ({ ...route, path: `${base}${route.path}` })) as Below<Base, Routes>;
}

/** Returns the methods that a route accepts. A GET route also accepts HEAD, with the same code (RFC 9110, section 9.3.2). */
export const methodsOf = ({ method }: Pick<Route, 'method'>): (Route['method'] | 'HEAD')[] =>
  method === 'GET' ? ['GET', 'HEAD'] : [method];

/**
 * Paths of the pages: the dashboard and the API reference. They are not operations of the API: they need no key, and the
 * function `ui` serves them with GET and HEAD. `{proxy+}` stands for one path segment or more.
 */
export const pagePaths = ['/', '/ui', '/ui/{proxy+}', '/docs', '/docs/{proxy+}', '/docs.md'] as const;

/** Methods and headers that pages of other origins may send, if they may call the API. */
export const preflight = {
  methods: [...new Set(routes.flatMap(methodsOf)), 'OPTIONS'],
  headers: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'X-API-Key',
    'X-Belfry-Reason',
  ],
  maxAgeSeconds: 3_600,
};

/**
 * Limit on the requests to each open route that one environment of the API serves, for all callers together. It is enough for
 * the probes of many load balancers, and makes a flood of requests pointless.
 */
export const openRouteLimit = { perSecond: 20, burst: 40 } as const;

export type FunctionSettings = {
  /** Path of the module that exports `handler`, from the repository's root. */
  entry: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Maximum number of environments that run at once. Each serves one invocation at a time. */
  maxConcurrency: number;
  /**
   * Limits of V8's heap. By default V8 sizes the heap for the whole machine, and collects garbage late for the sake of speed.
   * `semiSpaceMb` is a third of the space for young objects.
   */
  heap?: { semiSpaceMb: number; oldSpaceMb: number };
};

export const functions = {
  /** The timeout is a second shorter than the gateway's. A paused database needs about 15 s to start. */
  api: { entry: 'functions/api/index.ts', timeoutSeconds: 28, memoryMb: 512, maxConcurrency: 20 },
  scheduler: { entry: 'functions/scheduler/index.ts', timeoutSeconds: 55, memoryMb: 512, maxConcurrency: 2 },
  worker: {
    entry: 'functions/worker/index.ts',
    timeoutSeconds: 180,
    memoryMb: 512,
    maxConcurrency: 20,
    // Measured with 8,000 jobs, n = 7, interleaved, on a busy machine: processor time per job and peak memory. GB-seconds per
    // million jobs are computed from it: AWS gives a processor for 1,769 MB, so that they do not depend on the memory.
    //   semi-space 1 MB: 173 µs, 119 MB, 299 GB-s     8 MB: 126 µs, 132 MB, 218 GB-s     32 MB: 105 µs, 173 MB, 182 GB-s
    //              4 MB: 156 µs, 122 MB, 270 GB-s    16 MB: 107 µs, 148 MB, 185 GB-s     V8's: 134 µs, 239 MB, 231 GB-s
    // A later worker, with 32 instead of 16 MB: 72 instead of 79 µs (medians of 9 runs of 12,000 jobs, interleaved, on a busy machine), and
    // half as many collections.
    // The memory: with a quota for the share of a processor that comes with it, 512 MB did 2,432, 2,723 and 2,856 jobs a second
    // (n = 8,000 each), which is 184 GB-seconds per million. With the shares of 1,024 and 1,769 MB a job took about as much processor
    // time (medians 92 and 101 µs; 102 with that of 512), interleaved, on a busy machine. So more memory costs the same at best, where
    // the processor is the limit, and in proportion more where requests wait.
    // The old space leaves room in 512 MB for three semi-spaces, for 128 MB of bodies in flight, and for Node itself.
    heap: { semiSpaceMb: 32, oldSpaceMb: 208 },
  },
} as const satisfies Record<string, FunctionSettings>;

/**
 * Functions that serve files of their own. They use no store and no network. A browser asks for about 25 files at once on its
 * first visit, and each needs an environment.
 */
export const pageFunctions = {
  ui: { entry: 'functions/ui/index.ts', timeoutSeconds: 10, memoryMb: 256, maxConcurrency: 100 },
} as const satisfies Record<string, FunctionSettings>;

/** Functions that a deployment to AWS runs. On one machine, the start does the same work. */
export const deployFunctions = {
  /** Runs before new code receives traffic. An index on a large table may take minutes. */
  migrate: { entry: 'functions/migrate/index.ts', timeoutSeconds: 840, memoryMb: 512, maxConcurrency: 1 },
  /** Creates, updates and deletes the jobs that a stack declares. */
  declaredJobs: {
    entry: 'functions/declared-jobs/index.ts',
    timeoutSeconds: 60,
    memoryMb: 512,
    maxConcurrency: 1,
  },
} as const satisfies Record<string, FunctionSettings>;

/** Maximum number of connections to PostgreSQL of one environment of each function. */
export const databaseConnections = { api: 2, scheduler: 2, worker: 3, migrate: 1, declaredJobs: 2 } as const;

/**
 * The order request < lease < worker < visibility ensures that the work of a dead worker is run again, once: a lease is longer
 * than any request made under it, an invocation is longer than any lease that it takes, and a wake-up stays hidden for as
 * long as the invocation that received it may run.
 */
export const timings = {
  maxRequestMs: limits.maxTimeoutMs,
  /** An execution's lease is its request timeout plus this time. */
  leaseGraceMs: 20_000,
  /**
   * A tick frees a claim only this long after its lease has ended. While PostgreSQL is unavailable, a worker keeps the outcome
   * and tries each second to record it.
   */
  recordingGraceMs: 3_000,
  tickIntervalMs: 60_000,
  /**
   * The look-ahead reaches past the next two ticks: EventBridge Scheduler may be up to a minute late, and a tick may fail. If
   * both happen once, a minute remains. SQS delays a wake-up by at most 15 minutes, so the look-ahead must not be longer.
   */
  lookAheadMs: 240_000,
  /** A schedule that is further behind than this has a misfire: its missed occurrences run once. */
  misfireAfterMs: 300_000,
  /** Wake-ups arrive this long, and up to a second more, before the second of the due instant begins. */
  wakeUpLeadMs: 1_000,
  /**
   * How far ahead of now a worker takes work: the lead, its extra second, the second of the due instant, and 0.2 s for
   * differences between clocks. With less, an early wake-up finds no work, and the work waits for the next tick.
   */
  takeAheadMs: 3_200,
  /** A worker claims an execution this long before its due instant. It is so late that a pause can still withdraw almost all. */
  claimAheadMs: 50,
  /** The longest time for which a worker snoozes an execution whose host has no room, before it is rounded up to a second. */
  longestSnoozeMs: 60_000,
  /** How long a busy worker gathers outcomes before it records them. A crash meanwhile repeats their requests. */
  gatherOutcomesMs: 40,
} as const;

/**
 * Descriptors that a worker may have open at once. Lambda allows an environment 1,024 descriptors; every further socket fails
 * with EMFILE. In addition to the connections to targets there are Node and Lambda's runtime (about 25), PostgreSQL (3), Redis
 * (1 for each node of a cluster), the SDK's clients for SQS and Secrets Manager (at most 50 each), name servers (6) and the
 * hosts file (1).
 */
export const descriptors = {
  lambda: 1_024,
  /** Maximum number of connections to targets, in use and idle, over all origins. */
  connections: 880,
  /** Maximum number of open requests. It is lower than `connections`, to leave room for connections that are still closing. */
  maxInFlight: 800,
} as const;

export const wakeUpQueue = {
  name: 'belfry-wake-ups',
  deadLetterName: 'belfry-wake-ups-dead',
  visibilityTimeoutSeconds: 200,
  maxReceiveCount: 5,
  /** Maximum number of messages that one worker invocation receives. */
  batchSize: 10,
  /** Number of jobs that one wake-up stands for. */
  jobsPerWakeUp: 100,
} as const;

/**
 * The namespace of the metrics in CloudWatch's embedded metric format. Their only dimension is `service`, the deployment's
 * name. The functions emit the metrics; the dashboard and the alarms read them.
 */
export const metricNamespace = 'Belfry';

export const metrics = {
  /** Executions in each part of the queue, at the end of a tick. */
  queueReady: { name: 'QueueReady', unit: 'Count' },
  queueScheduled: { name: 'QueueScheduled', unit: 'Count' },
  queueRetry: { name: 'QueueRetry', unit: 'Count' },
  queueProcessing: { name: 'QueueProcessing', unit: 'Count' },
  /** How long the oldest due execution has waited, according to PostgreSQL; 0 if no execution is due. */
  oldestDueAge: { name: 'OldestDueAge', unit: 'Seconds' },
  /** The duration of a tick that completed. A failed tick emits only the five metrics above. */
  tickDuration: { name: 'TickDuration', unit: 'Milliseconds' },
  /** Schedules that a tick found due, and the executions it dispatched for them. */
  tickSchedules: { name: 'TickSchedules', unit: 'Count' },
  tickExecutions: { name: 'TickExecutions', unit: 'Count' },
  /** 1 for a tick that ran out of time before it dispatched all due schedules, otherwise 0. */
  tickIncomplete: { name: 'TickIncomplete', unit: 'Count' },
  /** Number of parts that failed in a tick (Redis, SQS, partitions, history); the tick completed without them. */
  tickFailedParts: { name: 'TickFailedParts', unit: 'Count' },
  /** Repairs by a tick: claims of vanished workers, executions that vanished workers held, executions that Redis had lost. */
  claimsFreed: { name: 'ClaimsFreed', unit: 'Count' },
  executionsReclaimed: { name: 'ExecutionsReclaimed', unit: 'Count' },
  executionsRequeued: { name: 'ExecutionsRequeued', unit: 'Count' },
  /** Active jobs with three or more failed executions in a row. */
  jobsFailing: { name: 'JobsFailing', unit: 'Count' },
  executionsSucceeded: { name: 'ExecutionsSucceeded', unit: 'Count' },
  /** Counted by a worker, or by a tick if the worker of a claim vanished and no retry is left. */
  executionsFailed: { name: 'ExecutionsFailed', unit: 'Count' },
  /** Failed attempts that will be retried. */
  retries: { name: 'Retries', unit: 'Count' },
  /** Outcomes that were not recorded, because the worker had lost its claim. */
  claimsLost: { name: 'ClaimsLost', unit: 'Count' },
  /** Time from the due instant of an attempt to the moment when its request is sent, as a histogram. */
  lateness: { name: 'Lateness', unit: 'Milliseconds' },
} as const;
