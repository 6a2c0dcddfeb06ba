import { type Damage, withExecution, withRequest, withTransition } from './change-journal.ts';
import { ms, SCHEDULER, transition } from '../journal.ts';

export const CLAIMED = 'each request belongs to a claim, and is repeated at most once';
const FENCED = 'outcomes-fenced';
const STOPS = 'no-claims-after-stops';
export const CHANGES =
  'no request leaves as its job was before a change, except for an execution that was claimed before';
const CANCELLED = 'no-claims-after-cancellations';

/** Claims, outcomes and stops. */
export const claims: Damage[] = [
  ['a cancelled run that failed', CANCELLED, withExecution(22, { status: 'FAILED' })],
  [
    'a claim after a cancellation',
    CANCELLED,
    (journal) => ({
      ...journal,
      transitions: [...journal.transitions, transition(90, 22, 2, { toToken: 'z', atMs: ms(10) })],
    }),
  ],
  ['a request without a claim', CLAIMED, withRequest([11, 1, { attempt: 3, arrivedMs: ms(16) }])],
  ['two requests of one claim', CLAIMED, withRequest([11, 1, { attempt: 2, arrivedMs: ms(13) }])],
  ['a request before its claim', CLAIMED, withTransition(5, 12, { atMs: ms(10) + 9 })],
  [
    'a request after the lease of its claim',
    'no request leaves after the lease of its claim',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 12 ? { ...one, arrivedMs: ms(32) } : one)),
    }),
  ],
  ['a claim long before it is due', 'claims-when-due', withTransition(5, 12, { atMs: ms(9) })],
  ['an outcome by another worker', FENCED, withTransition(6, 12, { environment: 'belfry-worker-2' })],
  [
    'a claim of an execution that is already claimed',
    FENCED,
    withTransition(3, 11, { from: 'RUNNING', fromToken: 'a' }),
  ],
  [
    'a lease that is ended early',
    'leases-last',
    withTransition(2, 11, {
      environment: SCHEDULER,
      errorMessage: 'the worker vanished during the request: outcome unknown',
      atMs: ms(29),
    }),
  ],
  [
    'an ended execution that changes',
    'ends-are-final',
    (journal) => ({
      ...journal,
      transitions: [
        ...journal.transitions,
        transition(90, 12, 2, { from: 'SUCCESS', to: 'RETRYING', environment: SCHEDULER }),
      ],
    }),
  ],
  ['a retry too many', 'retries-within-limit', withExecution(11, { retryCount: 3 })],
  [
    'a claim too many',
    'claims-within-limit',
    (journal) => ({
      ...journal,
      transitions: [
        ...journal.transitions,
        transition(90, 12, 2, { from: 'RETRYING', toToken: 'z', atMs: ms(13) }),
      ],
    }),
  ],
  [
    'a claim after the pause was acknowledged',
    STOPS,
    (journal) => ({
      ...journal,
      transitions: [...journal.transitions, transition(90, 14, 4, { toToken: 'z' })],
    }),
  ],
  [
    'a retry that was claimed after its job was paused',
    STOPS,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) =>
        job.number === 1 ? { ...job, stop: { kind: 'pause', sentMs: ms(11), ackMs: ms(11.1) } } : job,
      ),
    }),
  ],
  [
    'a request as the job was before its change',
    CHANGES,
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 15 ? { ...one, revision: 1 } : one)),
    }),
  ],
];
