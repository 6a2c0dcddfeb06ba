import { type Damage, withExecution, without, withRequest } from './change-journal.ts';
import { ms } from '../journal.ts';

const REACHES = 'an AT_LEAST_ONCE execution that is SUCCESS has reached its target';
const TRUE = 'the outcome matches what the target answered to the last attempt';

/** Requests, and what their targets answered. */
export const requests: Damage[] = [
  [
    'a success that no target saw',
    REACHES,
    without('requests', ({ executionId, attempt }) => executionId === 11 && attempt === 2),
  ],
  [
    'a success that the target did not grant',
    TRUE,
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.executionId === 12 ? { ...one, answered: 500 } : one)),
    }),
  ],
  [
    'an execution given up with retries left',
    'retries-used',
    withExecution(11, { status: 'FAILED', errorMessage: 'no' }),
  ],
  [
    'an answer that the target did not give',
    TRUE,
    withExecution(12, { status: 'FAILED', statusCode: 500, errorMessage: 'the target answered 500' }),
  ],
  [
    'AT_MOST_ONCE sent twice',
    'no AT_MOST_ONCE execution is sent twice',
    withRequest([12, 2, { arrivedMs: ms(11) }]),
  ],
  [
    'AT_MOST_ONCE sent twice, as two executions',
    'no AT_MOST_ONCE execution is sent twice',
    withRequest([98, 2, { arrivedMs: ms(11) }]),
  ],
  [
    'a request before it is due',
    'no request leaves before it is due',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) =>
        one.executionId === 12 ? { ...one, arrivedMs: ms(10) - 2 } : one,
      ),
    }),
  ],
  [
    'a retry before its backoff has passed',
    'no request leaves before it is due',
    (journal) => ({
      ...journal,
      requests: journal.requests.map((one) => (one.attempt === 2 ? { ...one, arrivedMs: ms(12) - 2 } : one)),
    }),
  ],
];
