import { databaseConnections, functions, pageFunctions } from '../lib/topology.ts';

/** The settings of a stage from which its capacity is calculated. */
export type CapacityInputs = {
  /** Maximum number of worker environments that run at once. */
  workers: number;
  /** Maximum number of API environments that run at once. */
  apis: number;
  /** Connections that the database accepts. Undefined if the stage did not create the database: its limit is unknown. */
  database?: { maxConnections: number; hasProxy: boolean };
};

export type Capacity = {
  /** Maximum number of environments of each function that run at once. */
  concurrency: { api: number; scheduler: number; worker: number };
  /** Limit of all callers together, at the gateway. */
  throttle: { requestsPerSecond: number; burst: number };
  /** Limit of one gateway key: half of the limit of all callers. */
  keyThrottle: { requestsPerSecond: number; burst: number };
  /**
   * Limit of each method of each route that needs no gateway key: a twelfth of the limit of all callers, so that all six leave
   * half of it.
   */
  openThrottle: { requestsPerSecond: number; burst: number };
  /** Limit of each method of each path of a page. No page needs the database. */
  pageThrottle: { requestsPerSecond: number; burst: number };
  connections:
    | {
        /** Connections in use while every environment is busy. */
        atFullLoad: number;
        /** Threshold of the alarm. */
        alarmAbove: number;
        /** Connections that the server, or the proxy in front of it, leaves for the functions. */
        available: number;
      }
    | undefined;
  /** Threshold of the alarm on worker invocations in five minutes without a matching execution. */
  idleInvocations: number;
};

/** Estimated time for which an environment is busy with its first request; 0.15 s of it was measured. */
const COLD_START_SECONDS = 0.5;
/** Share of the environments that a burst may start at once. The others serve requests that arrive while these start. */
const BURST_SHARE = 1 / 2;

/** Connections that PostgreSQL and RDS reserve for superusers, and connections left for the operators of the database. */
const RESERVED_CONNECTIONS = 10;
/** Share of the server's connections that a proxy uses. */
export const PROXY_SHARE = 0.8;
/** Connections during a deployment: migrations do not use the proxy, and the declared jobs are created. */
const AT_DEPLOY = databaseConnections.migrate + databaseConnections.declaredJobs;
const ALARM_SHARE = 0.9;

/** Each tick may wake one worker for each environment for overdue work, and one worker a second wakes others. */
const idleWakeUpsIn = (workers: number, minutes: number): number => minutes * (workers + 60);
/** Wake-ups may count twice: SQS may deliver them again, and a run that ends may hand over to another. */
const IDLE_MARGIN = 2;

/**
 * Calculates limits that fit together: every request that the gateway accepts gets an environment, and every environment gets
 * its connections.
 *
 * @throws Error if the database accepts fewer connections than the functions use at full load.
 */
export function capacityOf({ workers, apis, database }: CapacityInputs): Capacity {
  const concurrency = { api: apis, scheduler: functions.scheduler.maxConcurrency, worker: workers };
  const throttle = throttleOf(apis);
  return {
    concurrency,
    throttle,
    keyThrottle: shareOf(throttle, 1 / 2),
    openThrottle: shareOf(throttle, 1 / 12),
    pageThrottle: throttleOf(pageFunctions.ui.maxConcurrency),
    connections: database && connectionsOf(concurrency, database),
    idleInvocations: IDLE_MARGIN * idleWakeUpsIn(workers, 5),
  };
}

/**
 * Calculates the gateway's limit. While no environment has started, each request of a burst needs a new environment, and so
 * does each further request until the first environments have started: burst + rate × start = environments.
 */
function throttleOf(environments: number): Capacity['throttle'] {
  const burst = Math.max(1, Math.floor(environments * BURST_SHARE));
  return { burst, requestsPerSecond: Math.max(1, Math.floor((environments - burst) / COLD_START_SECONDS)) };
}

const shareOf = (throttle: Capacity['throttle'], share: number): Capacity['throttle'] => ({
  requestsPerSecond: Math.max(1, Math.floor(throttle.requestsPerSecond * share)),
  burst: Math.max(2, Math.floor(throttle.burst * share)),
});

function connectionsOf(
  { api, scheduler, worker }: Capacity['concurrency'],
  { maxConnections, hasProxy }: NonNullable<CapacityInputs['database']>,
): NonNullable<Capacity['connections']> {
  const atFullLoad =
    api * databaseConnections.api +
    scheduler * databaseConnections.scheduler +
    worker * databaseConnections.worker +
    AT_DEPLOY;
  const available = Math.min(
    maxConnections - RESERVED_CONNECTIONS,
    hasProxy ? Math.floor(maxConnections * PROXY_SHARE) : Infinity,
  );
  const alarmAbove = Math.floor(available * ALARM_SHARE);
  if (atFullLoad > alarmAbove) {
    throw new Error(
      `${worker} workers and ${api} API environments need ${atFullLoad} connections, but at most ${alarmAbove} of ` +
        `${maxConnections} are available to them. Use fewer workers or API environments, or a larger database with more maxConnections`,
    );
  }
  return { atFullLoad, alarmAbove, available };
}
