import { findRetriedAtMostOnce, findTooManyRetries } from './statements/attempts.ts';
import {
  findTooEarly,
  findUnexplainedFailures,
  findUnusedRetries,
  findWrongClaims,
} from './statements/states.ts';
import type { AuditRule } from './rule.ts';
import { executionRule } from './walk.ts';

/** Rules about each execution by itself. */
export const executionRules: readonly AuditRule[] = [
  executionRule(
    'retries-within-limit',
    'no execution is retried more often than its job allows',
    findTooManyRetries,
  ),
  executionRule('at-most-once-not-retried', 'no AT_MOST_ONCE execution is retried', findRetriedAtMostOnce),
  executionRule(
    'claims-belong-to-running',
    'what runs has a claim and a lease, and nothing else has',
    findWrongClaims,
  ),
  executionRule('failures-explained', 'what FAILED says why', findUnexplainedFailures),
  executionRule(
    'retries-used',
    'no AT_LEAST_ONCE execution ends FAILED before its retries are used, unless its job was stopped',
    findUnusedRetries,
  ),
  executionRule('not-before-its-time', 'no request leaves before its execution time', findTooEarly),
];
