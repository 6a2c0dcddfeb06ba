import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { atLeastOnce, atMostOnce, type Flaw, type Protocol } from './protocol.ts';
import type { Fault } from './state.ts';
import { describeViolation } from './trace.ts';

const sentTwice = 'AT_MOST_ONCE is sent at most once';
const sentLate =
  'a cancelled execution, or one of a stopped job, is not sent, except the one attempt of a due execution';
const sentSkipped = 'an occurrence that is skipped is not claimed';
const badEnd =
  'in the end the execution is over, the queue holds nothing of it, and has counted it if it ended';

/** A protocol without one of its safeguards, with the rule that breaks and the smallest number of faults that break it. */
const flaws: { flaw: Flaw; protocol: Protocol; faults: Fault[]; breaks: string }[] = [
  {
    flaw: 'an outcome is written without its token',
    protocol: atLeastOnce,
    faults: [],
    breaks: 'only the claimant writes an outcome',
  },
  {
    flaw: 'a running execution may be claimed',
    protocol: atMostOnce,
    faults: ['Redis loses everything'],
    breaks: sentTwice,
  },
  {
    flaw: 'a running execution may be claimed',
    protocol: atMostOnce,
    faults: ['a worker is cut off from Redis'],
    breaks: sentTwice,
  },
  {
    flaw: 'a claim that was answered may be repeated',
    protocol: atMostOnce,
    faults: ['Redis loses everything'],
    breaks: sentTwice,
  },
  {
    flaw: 'an end that is found is not reported to the queue',
    protocol: atMostOnce,
    faults: ['kill'],
    breaks: badEnd,
  },
  {
    flaw: 'an execution that was taken back may be claimed',
    protocol: atMostOnce,
    faults: [],
    breaks: sentLate,
  },
  {
    flaw: 'AT_MOST_ONCE runs again after its lease',
    protocol: atMostOnce,
    faults: ['kill'],
    breaks: sentTwice,
  },
  {
    flaw: 'a withdrawn execution runs again after its lease',
    protocol: atLeastOnce,
    faults: ['kill'],
    breaks: sentLate,
  },
  {
    flaw: 'AT_MOST_ONCE is put off after its request',
    protocol: { ...atMostOnce, maxPutOffs: 1 },
    faults: [],
    breaks: sentTwice,
  },
  {
    flaw: 'a withdrawn execution is put off',
    protocol: { ...atLeastOnce, maxPutOffs: 1 },
    faults: [],
    breaks: sentLate,
  },
  {
    flaw: 'an execution is put off without end',
    protocol: { ...atLeastOnce, maxPutOffs: 1 },
    faults: [],
    breaks:
      'no more requests than the first, the retries, and those after which the target asked for a later one',
  },
  {
    flaw: 'the queue is settled before the outcome is recorded',
    protocol: atLeastOnce,
    faults: [],
    breaks: 'the queue counts only what PostgreSQL has recorded',
  },
  {
    flaw: 'a failure is reported after its outcome is recorded',
    protocol: atLeastOnce,
    faults: [],
    breaks: 'an execution that is FAILED has one report, written with its end, and no other has one',
  },
  {
    flaw: 'an execution that was taken twice is sent twice',
    protocol: atMostOnce,
    faults: ['Redis loses everything'],
    breaks: sentTwice,
  },
  {
    flaw: 'an execution that was taken twice is sent twice',
    protocol: atMostOnce,
    faults: ['a payload expires'],
    breaks: sentTwice,
  },
  {
    flaw: 'a skipped execution is queued and may be claimed',
    protocol: { ...atMostOnce, maySkip: true },
    faults: [],
    breaks: sentSkipped,
  },
  { flaw: 'a refused execution stays known', protocol: atMostOnce, faults: [], breaks: badEnd },
  {
    flaw: 'a lost payload is not queued again',
    protocol: atMostOnce,
    faults: ['Redis loses everything'],
    breaks: badEnd,
  },
  {
    flaw: 'executions of a dead worker are not released',
    protocol: atMostOnce,
    faults: ['kill'],
    breaks: badEnd,
  },
  { flaw: 'a snoozed execution waits nowhere', protocol: atMostOnce, faults: [], breaks: badEnd },
  { flaw: 'an expired claim is not freed', protocol: atMostOnce, faults: ['kill'], breaks: badEnd },
  { flaw: 'a stop takes back a due execution', protocol: atLeastOnce, faults: [], breaks: badEnd },
  { flaw: 'a stop takes back a due execution', protocol: atMostOnce, faults: [], breaks: badEnd },
  {
    flaw: 'a stop forgets a due occurrence that is not dispatched',
    protocol: atMostOnce,
    faults: [],
    breaks: badEnd,
  },
  {
    flaw: 'a change of schedule takes back a due execution',
    protocol: { ...atLeastOnce, mayReschedule: true },
    faults: [],
    breaks: badEnd,
  },
  {
    flaw: 'a resumed job leaves its attempts withdrawn',
    protocol: { ...atLeastOnce, mayResume: true },
    faults: [],
    breaks: 'an attempt is withdrawn only while its job is stopped, or when it is cancelled',
  },
  {
    flaw: 'a resumed job revives a cancelled execution',
    protocol: { ...atLeastOnce, mayCancel: true, mayResume: true },
    faults: ['kill'],
    breaks: sentLate,
  },
  {
    flaw: 'a cancelled occurrence is dispatched again',
    protocol: { ...atLeastOnce, mayCancel: true, mayResume: true },
    faults: [],
    breaks: sentLate,
  },
  {
    flaw: 'a cancellation leaves the retries',
    protocol: { ...atLeastOnce, mayCancel: true },
    faults: [],
    breaks: badEnd,
  },
  {
    flaw: 'the API decides by the state that it has read whether a cancelled execution runs',
    protocol: { ...atLeastOnce, mayCancel: true },
    faults: [],
    breaks: 'a running execution has a claim, and no other execution has one',
  },
  { flaw: 'an overdue execution wakes no worker', protocol: atMostOnce, faults: [], breaks: badEnd },
];

describe('the rules of the model', () => {
  test.for(flaws)(
    'the rules notice a protocol in which $flaw',
    async ({ flaw, protocol, faults, breaks }, { annotate }) => {
      const { violation } = explore({ ...protocol, flaws: [flaw] }, faults);
      if (violation !== undefined) await annotate(describeViolation(violation));
      expect(violation?.rule).toBe(breaks);
    },
  );

  test('the model reports the shortest way to a broken rule', () => {
    const { violation } = explore({ ...atMostOnce, flaws: ['AT_MOST_ONCE runs again after its lease'] }, [
      'kill',
    ]);
    expect(violation && describeViolation(violation)).toMatchInlineSnapshot(`
      "broken: AT_MOST_ONCE is sent at most once
        1. tick 1 writes execution 1                        | 1 SCHEDULED | empty queue | requests: 0
        2. tick 1 queues 1 and sends a wake-up              | 1 SCHEDULED | known 1, waiting 1 | requests: 0
        3. the instant comes                                | 1 SCHEDULED | known 1, waiting 1 | requests: 0
        4. the wake-up starts worker 1, and will come again | 1 SCHEDULED | known 1, waiting 1 | requests: 0
        5. worker 1 takes 1 from the waiting                | 1 SCHEDULED | known 1 | requests: 0
        6. worker 1 claims 1 under token 1                  | 1 RUNNING under 1 | known 1 | requests: 0
        7. worker 1 sends the request                       | 1 RUNNING under 1 | known 1 | requests: 1
        8. the wake-up starts worker 2                      | 1 RUNNING under 1 | known 1 | requests: 1
        9. worker 1 dies                                    | 1 RUNNING under 1 | known 1 | requests: 1
       10. the lease of the claim ends                      | 1 RUNNING under 1 | known 1 | requests: 1
       11. tick 1 frees the claim: RETRYING                 | 1 RETRYING | known 1 | requests: 1
       12. the lease of worker 1 in the queue ends          | 1 RETRYING | known 1 | requests: 1
       13. tick 1 hands back what a vanished worker held    | 1 RETRYING | known 1, ready 1 | requests: 1
       14. worker 2 takes 1 from ready                      | 1 RETRYING | known 1 | requests: 1
       15. worker 2 claims 1 under token 2                  | 1 RUNNING under 2 | known 1 | requests: 1
       16. worker 2 sends the request                       | 1 RUNNING under 2 | known 1 | requests: 2"
    `);
  });
});
