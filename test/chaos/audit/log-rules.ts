import type { AuditRule } from '../../../lib/audit/rule.ts';
import { CALLBACK_RETRIES } from '../../../lib/domain/callback.ts';
import { timings } from '../../../lib/topology.ts';
import { foundBy } from './found-by.ts';

/** How far the clocks of two functions may differ: by the time of PostgreSQL's answer, which is quick or asked for again. */
const LEASE_TOLERANCE_MS = 250;
/** How far a function's clock may differ from PostgreSQL's. */
const CLOCK_TOLERANCE_MS = 5;

/** Whether the transition `t` is a claim. Other writers may change a RUNNING execution: a change of its job does. */
export const IS_CLAIM = /* sql */ `(t.to_token is not null and t.to_token is distinct from t.from_token)`;

/** Only a tick may end a RUNNING execution for its worker, once the claim's lease is over. */
const IS_BY_TICK = /* sql */ `(coalesce(t.environment, '') like 'belfry-scheduler-%')`;

/** A transition that ends an attempt: after RUNNING, and no claim. */
const ENDS_ATTEMPT = /* sql */ `(t.from_status = 'RUNNING' and t.to_status <> 'RUNNING' and not t.is_claim)`;

// Each transition with the number of claims of its execution up to it, and with the last claim before it.
const violations = (where: string, detail: string): string => /* sql */ `
  with t as (
    select t.*, ${IS_CLAIM} as is_claim
      from chaos.transitions t
  ), numbered as (
    select t.*, count(*) filter (where is_claim) over (partition by execution_id order by seq) as claims,
           max(seq) filter (where is_claim) over (
             partition by execution_id order by seq rows between unbounded preceding and 1 preceding
           ) as claim_seq
      from t
  )
  select t.job_id as "jobId", t.execution_id as "executionId",
         format('at %s %s ', iso_instant(t.logged_at), coalesce(t.environment, 'an unnamed writer')) || ${detail} as detail
    from numbered t
    left join chaos.transitions claim on claim.seq = t.claim_seq
    join job_executions e on e.id = t.execution_id and e.execution_time = t.execution_time
    join jobs j on j.id = t.job_id
    cross join lateral (
      select case when e.trigger = 'CALLBACK' then ${CALLBACK_RETRIES} else j.max_retry_count end + 1 + t.put_off_count as allowed
    ) attempts
   where ${where}
   order by t.seq`;

const CLAIMED_TWICE = /* sql */ `(t.is_claim and t.from_status = 'RUNNING')`;

/** The rules of the log of transitions, which has every change of an execution, in order. */
export const logRules: readonly AuditRule[] = [
  foundBy(
    { name: 'outcomes-fenced', promise: 'no outcome is written by a worker that has lost its claim' },
    violations(
      /* sql */ `${CLAIMED_TWICE}
         or (${ENDS_ATTEMPT} and not ${IS_BY_TICK}
             and (claim.seq is null or claim.to_token is distinct from t.from_token
                  or claim.environment is distinct from t.environment))`,
      /* sql */ `format(case when t.is_claim then 'claimed it while %2$s held its claim'
                             else 'wrote %1$s, and the claim belongs to %2$s' end,
                        t.to_status, coalesce(claim.environment, 'no environment'))`,
    ),
  ),
  foundBy(
    { name: 'claims-within-limit', promise: 'no execution is claimed more often than its retries allow' },
    violations(
      /* sql */ `t.is_claim and t.claims > attempts.allowed`,
      /* sql */ `format('made claim %s, and %s are allowed', t.claims, attempts.allowed)`,
    ),
  ),
  foundBy(
    { name: 'ends-are-final', promise: 'an ended execution never changes' },
    violations(
      /* sql */ `t.from_status in ('SUCCESS', 'FAILED', 'SKIPPED')`,
      /* sql */ `format('changed it from %s to %s', t.from_status, t.to_status)`,
    ),
  ),
  foundBy(
    { name: 'leases-last', promise: 'no claim is freed before its lease ends' },
    violations(
      // The lease that the claim asked for. A frozen PostgreSQL delays the claim and shortens the lease; the grace covers that.
      /* sql */ `${ENDS_ATTEMPT} and ${IS_BY_TICK}
         and t.logged_at < claim.lease_expires_at - interval '${LEASE_TOLERANCE_MS} ms'`,
      /* sql */ `format('freed it before its lease ended at %s', iso_instant(claim.lease_expires_at))`,
    ),
  ),
  foundBy(
    { name: 'claims-when-due', promise: 'no execution is claimed long before it is due' },
    violations(
      /* sql */ `t.is_claim
         and t.logged_at < t.due_at - interval '${timings.claimAheadMs + CLOCK_TOLERANCE_MS} ms'`,
      /* sql */ `format('claimed it before it is due at %s', iso_instant(t.due_at))`,
    ),
  ),
];
