import { type Damage, withExecution, without } from './change-journal.ts';
import { ms } from '../journal.ts';

const JOBS = 'acknowledged-jobs-exist';
const OCCURRENCES = 'occurrences-dispatched';
const RUNS = 'acknowledged-runs-exist';
const WHOLE = 'a complete request carries the whole body of its job';

/** Occurrences, runs by hand, and executions that do not end. */
export const occurrences: Damage[] = [
  ['a run by hand that is gone', RUNS, without('executions', ({ id }) => id === 22)],
  ['a repetition of another execution', RUNS, withExecution(23, { originId: 11 })],
  ['a run by hand that no caller asked for', RUNS, withExecution(12, { trigger: 'MANUAL' })],
  ['an acknowledged job that is gone', JOBS, without('stored', ({ id }) => id === 2)],
  ['an occurrence without an execution', OCCURRENCES, without('executions', ({ id }) => id === 12)],
  [
    'a body that is cut short',
    WHOLE,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) => ({ ...job, bodyLength: 1_000_000 })),
    }),
  ],
  ['a time of a recurring job left out', OCCURRENCES, without('executions', ({ id }) => id === 40)],
  ['an execution that no schedule has', OCCURRENCES, withExecution(40, { executionMs: ms(11) })],
  [
    'a schedule that is not served',
    'due-schedules-served',
    (journal) => ({
      ...journal,
      stored: journal.stored.map((job) => (job.id === 3 ? { ...job, nextMs: ms(15) } : job)),
      executions: journal.executions.filter(({ jobId, executionMs }) => jobId !== 3 || executionMs < ms(15)),
    }),
  ],
  [
    'half a batch',
    JOBS,
    (journal) => ({
      ...journal,
      jobs: [
        ...journal.jobs.map((job) => (job.number === 1 ? { ...job, request: 7 } : job)),
        ...journal.jobs.slice(0, 1).map((job) => ({
          ...job,
          number: 8,
          name: 'job 8',
          request: 7,
          answer: { kind: 'unknown' as const },
        })),
      ],
    }),
  ],
  [
    'a refused job that exists',
    JOBS,
    (journal) => ({
      ...journal,
      jobs: journal.jobs.map((job) =>
        job.number === 1 ? { ...job, answer: { kind: 'refused', status: 400 } } : job,
      ),
    }),
  ],
  ['an execution that never ended', 'claims-end', withExecution(12, { status: 'RUNNING' })],
  ['an execution that waits for ever', 'due-executions-run', withExecution(12, { status: 'RETRYING' })],
  [
    'an execution taken back although its job was not stopped',
    'cancellations-have-causes',
    withExecution(12, { status: 'CANCELLED' }),
  ],
];
