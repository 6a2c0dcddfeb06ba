import { databaseConnections, functions } from '../lib/topology.ts';

/** What a stage is given, from which everything else here follows. */
export type CapacityInputs = {
  /** Worker environments at once. */
  workers: number;
  /** API environments at once. */
  apis: number;
  /** What the database takes. Undefined for a database that the stage did not make: nothing is known of it. */
  database?: { maxConnections: number; hasProxy: boolean };
};

export type Capacity = {
  /** Of each function, environments at once. */
  concurrency: { api: number; scheduler: number; worker: number };
  /** Of all callers together, at the gateway. */
  throttle: { requestsPerSecond: number; burst: number };
  /** Of one key of the gateway: half of all. */
  keyThrottle: { requestsPerSecond: number; burst: number };
  /** Of each method of each route that is open to everybody: an eighth of all, so that the four leave the half. */
  openThrottle: { requestsPerSecond: number; burst: number };
  connections:
    | {
        /** With each environment at work. */
        atFullLoad: number;
        /** An alarm rings above this. */
        alarmAbove: number;
        /** What functions get at most: of the server, or of the proxy before it. */
        available: number;
      }
    | undefined;
  /** Invocations of workers in five minutes that no execution accounts for; an alarm rings above this. */
  idleInvocations: number;
};

/** How long an environment is busy with the request it started for: an estimate, of which 0.15 s were measured. */
const COLD_START_SECONDS = 0.5;
/** Of the environments, those that a burst may start at once. The others are for what comes while they start. */
const BURST_SHARE = 1 / 2;

/** Kept by PostgreSQL and RDS for superusers, and left for whoever looks after the database. */
const RESERVED_CONNECTIONS = 10;
/** The share of the server's connections that a proxy takes. */
export const PROXY_SHARE = 0.8;
/** A migration goes past the proxy, and a deploy declares jobs. */
const AT_DEPLOY = databaseConnections.migrate + databaseConnections.declaredJobs;
const ALARM_SHARE = 0.9;

/** Each tick wakes up to one worker an environment for overdue work, and one worker a second wakes others. */
const idleWakeUpsIn = (workers: number, minutes: number): number => minutes * (workers + 60);
/** Wake-ups come twice where SQS delivers them again, or a run that ends hands over to another. */
const IDLE_MARGIN = 2;

/**
 * One set of numbers that agree: what the gateway lets through finds an environment, and each environment its connections.
 *
 * @throws Error when the database takes fewer connections than the functions use at full load.
 */
export function capacityOf({ workers, apis, database }: CapacityInputs): Capacity {
  const concurrency = { api: apis, scheduler: functions.scheduler.maxConcurrency, worker: workers };
  const throttle = throttleOf(apis);
  return {
    concurrency,
    throttle,
    keyThrottle: shareOf(throttle, 1 / 2),
    openThrottle: shareOf(throttle, 1 / 8),
    connections: database && connectionsOf(concurrency, database),
    idleInvocations: IDLE_MARGIN * idleWakeUpsIn(workers, 5),
  };
}

/**
 * Where no environment has started yet, each request of a burst needs one of its own, and so does each that follows until
 * the first have started: burst + rate × start = environments.
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
      `${worker} workers and ${api} environments of the API take ${atFullLoad} connections; of ${maxConnections} no more ` +
        `than ${alarmAbove} are for them. Take fewer, or a larger database with more maxConnections`,
    );
  }
  return { atFullLoad, alarmAbove, available };
}
