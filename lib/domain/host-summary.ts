import { boundedCache } from './bounded-cache.ts';
import type { Total } from './total.ts';

/** `name` lists all hosts of jobs; `slow` lists those whose requests took the longest in the last hour. */
export const hostOrders = ['name', 'slow'] as const;
export type HostOrder = (typeof hostOrders)[number];

/**
 * The jobs of a host are counted up to this number. It is lower than for groups, because each job is read from the table,
 * not from an index.
 */
export const MAX_JOBS_OF_HOST = 100;

/** The maximum number of running, and of late executions, that are read over all hosts. */
export const MAX_LIVE_READ = 1_000;

/** The most counts of requests that are compared to find the slowest hosts: 1,000 hosts have as many in an hour. */
export const MAX_HOST_COUNTS = 12_000;

/** An execution is late if it has been due for longer than this and no worker has claimed it. */
export const LATE_AFTER_MS = 1_000;

/** The outcomes of requests to hosts are added up by periods of this length. */
export const HOST_PERIOD_MS = 300_000;
/** The last hour. */
export const HOST_PERIODS = 12;

/** Some executions of a host, and the earliest of their instants. */
export type LiveExecutions = { count: number; since: Date };

/** Requests that were sent to a host and have ended. */
export type HostRequests = {
  requests: number;
  /** Requests that failed, including the requests of retried attempts. */
  failed: number;
  /** Failed requests that timed out. */
  timedOut: number;
  durationSumMs: number;
  durationMaxMs: number;
};

export type HostSummary = {
  /** Without a port, in lower case. */
  host: string;
  jobs: Total;
  /** Executions that a worker has claimed. Null if there are none. */
  running: LiveExecutions | null;
  /** Executions that are due and not claimed: they are snoozed, or wait for a worker. Null if there are none. */
  late: LiveExecutions | null;
  /** Origins of the host that have asked for a pause (Retry-After). */
  heldBack: { origin: string; until: Date }[];
  lastHour: HostRequests | null;
};

const HOST = /^[a-z]+:\/\/(\[[^\]]*\]|[^/?#:]*)/i;

/** Hosts by URL. The worker asks for the host of each request. */
const known = boundedCache<string, string>(1_000);

/** Returns the host of a URL without its port, in lower case, as `job_host` of PostgreSQL does. Undefined for a topic. */
export const hostOfUrl = (url: string): string | undefined => known(url, findHost) || undefined;

const findHost = (url: string): string => HOST.exec(url)?.[1]?.toLowerCase() ?? '';
