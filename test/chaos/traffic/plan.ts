import type { RetryPolicy } from '../../../lib/domain/retry-policy.ts';
import type { Behaviour, JobTraits, StopKind } from '../journal/types.ts';
import { makeRandom, type Random } from '../random.ts';

export type PlannedJob = JobTraits & {
  when: { kind: 'once'; inMs: number } | { kind: 'recurring'; schedule: string };
  /** The stop comes `leadMs` before a one-time job is due, or `afterMs` after a recurring job was created. */
  stop: { kind: StopKind; leadMs: number } | { kind: StopKind; afterMs: number } | undefined;
};

export type PlannedRequest = {
  number: number;
  isBatch: boolean;
  jobs: PlannedJob[];
  /** Time until the next request is sent. */
  pauseMs: number;
};

/** More than the jobs of any request. */
const NUMBERS_PER_REQUEST = 100;
const EVERY_NTH_RECURS = 6;
/** The API accepts requests of at most 1,048,576 bytes, including the other fields. */
const LARGE_BODY = 1_000_000;
const EVERY_NTH_IS_LARGE = 15;

/** Plans the n-th request of a seed. The plan does not depend on the outcome of earlier requests. */
export function planRequest(seed: number, number: number): PlannedRequest {
  const random = makeRandom(seed, `request ${number}`);
  const isBatch = random.next() < 0.4;
  const count = isBatch ? random.int(2, 10) : 1;
  const first = number * NUMBERS_PER_REQUEST;
  const jobs = Array.from({ length: count }, (_, index) => {
    const recurs = index === 0 && number % EVERY_NTH_RECURS === 0;
    const bodyLength = !isBatch && number % EVERY_NTH_IS_LARGE === 0 ? LARGE_BODY : 0;
    const job = planJob(random, first + index, recurs);
    const follow = planFollow(makeRandom(seed, `follow ${job.number}`), job);
    // A job that is put by its key once more, after its deletion, would be another job.
    return { ...job, ...follow, bodyLength, isTemporary: follow.isTemporary && isBatch };
  });
  return { number, isBatch, jobs, pauseMs: random.int(200, 1_000) };
}

type Follow = Pick<PlannedJob, 'reports' | 'pauseAfterFailures' | 'isTemporary'>;

/** What follows the failures and the end of a job. It has random numbers of its own, so that the other traffic stays as it was. */
function planFollow(random: Random, { when, stop }: Pick<PlannedJob, 'when' | 'stop'>): Follow {
  const isOnce = when.kind === 'once';
  return {
    reports: { failures: random.next() < 0.4, recoveries: random.next() < 0.3 },
    pauseAfterFailures: !isOnce && random.next() < 0.7 ? random.int(1, 3) : undefined,
    isTemporary: isOnce && stop === undefined && random.next() < 0.4,
  };
}

function planJob(
  random: Random,
  number: number,
  recurs: boolean,
): Omit<PlannedJob, 'bodyLength' | keyof Follow> {
  const type = random.pick(['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const);
  const timeoutMs = random.int(1_000, 2_000);
  const maxRetryCount = type === 'AT_MOST_ONCE' ? 0 : random.int(0, 3);
  return {
    number,
    name: `chaos ${number} ${type}`,
    type,
    maxRetryCount,
    retry: planRetry(random, maxRetryCount),
    maxAgeSeconds: random.next() < 0.2 ? random.int(5, 60) : undefined,
    timeoutMs,
    behaviour: planBehaviour(random, timeoutMs),
    ...(recurs ? planRecurring(random) : planOnce(random)),
  };
}

/** Half of the jobs that retry have waits of their own. */
function planRetry(random: Random, maxRetryCount: number): RetryPolicy | undefined {
  if (maxRetryCount === 0) return undefined;
  switch (random.int(0, 3)) {
    case 0:
      return { initialMs: random.int(100, 2_000), factor: 1.5, maxMs: 5_000, jitter: 0.5 };
    case 1:
      return { delaysSeconds: Array.from({ length: maxRetryCount }, () => random.int(0, 4)), jitter: 0 };
    default:
      return undefined;
  }
}

function planOnce(random: Random): Pick<PlannedJob, 'when' | 'stop'> {
  const inMs = random.int(0, 30_000);
  const isStopped = inMs > 2_500 && random.next() < 0.3;
  return {
    when: { kind: 'once', inMs },
    // Close to the due instant the stop races with the claim and the dispatch ahead.
    stop: isStopped
      ? { kind: random.pick(['pause', 'change', 'delete'] as const), leadMs: random.int(0, 2_000) }
      : undefined,
  };
}

function planRecurring(random: Random): Pick<PlannedJob, 'when' | 'stop'> {
  const everySeconds = random.int(2, 6);
  const schedule = random.pick([`@every ${everySeconds}s`, `*/${everySeconds} * * * * *`]);
  const kind = random.pick(['pause', 'change', 'delete'] as const);
  return { when: { kind: 'recurring', schedule }, stop: { kind, afterMs: random.int(20_000, 60_000) } };
}

/** Half of the targets answer 2xx in time. */
function planBehaviour(random: Random, timeoutMs: number): Behaviour {
  const draw = random.int(0, 17);
  switch (draw) {
    case 0:
      return { kind: 'fail' };
    case 1:
    case 2:
      return { kind: 'fail-first', attempts: random.int(1, 2) };
    case 3:
      return { kind: 'hang' };
    case 4:
      return { kind: 'cut' };
    case 5:
    case 6:
      return { kind: 'slow', afterMs: random.int(100, timeoutMs - 500) };
    case 7:
      return { kind: 'late', afterMs: timeoutMs + random.int(50, 500) };
    case 8:
    case 9:
      return {
        kind: 'pause',
        attempts: random.int(1, 3),
        seconds: random.int(1, 3),
        status: random.pick([429, 503] as const),
      };
    default:
      return { kind: 'ok' };
  }
}
