import type * as z from 'zod';
import type { ReadExecution } from '../app/read-execution.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { ExecutionRecord } from '../domain/execution-record.ts';
import type { Fact } from '../domain/fact.ts';
import { traceIdOf, traceparentOf } from '../domain/trace.ts';
import type { attemptSchema, executionDetailsSchema, explanationSchema } from './execution-schemas.ts';
import { jobExecutionResource } from './resources.ts';

export function executionDetailsResource({
  execution,
  attempts,
}: ReadExecution): z.infer<typeof executionDetailsSchema> {
  const { createdTraceparent } = execution;
  return {
    ...jobExecutionResource(execution),
    traceId: execution.isTraced ? traceIdOf(toTraced(execution)) : null,
    links: createdTraceparent === null ? [] : [{ traceparent: createdTraceparent }],
    attempts: attempts.map((attempt) => attemptResource(execution, attempt)),
  };
}

function attemptResource(execution: ExecutionRecord, attempt: Attempt): z.infer<typeof attemptSchema> {
  const { isConnectionReused } = attempt;
  return {
    number: attempt.number,
    status: attempt.status,
    startedAt: attempt.startedAt?.toISOString() ?? null,
    finishedAt: attempt.finishedAt?.toISOString() ?? null,
    durationMs: attempt.durationMs,
    latenessMs: attempt.latenessMs,
    reason: attempt.reason,
    errorCode: attempt.errorCode,
    errorMessage: attempt.errorMessage,
    statusCode: attempt.statusCode,
    connection: isConnectionReused === null ? null : isConnectionReused ? 'REUSED' : 'NEW',
    dnsMs: attempt.dnsMs,
    connectMs: attempt.connectMs,
    tlsMs: attempt.tlsMs,
    firstByteMs: attempt.firstByteMs,
    retryAt: attempt.retryAt?.toISOString() ?? null,
    traceparent: execution.isTraced ? traceparentOf(toTraced(execution), attempt.number) : null,
    response: attempt.response,
  };
}

export const explanationResource = (
  executionId: number,
  facts: readonly Fact[],
): z.infer<typeof explanationSchema> => ({
  executionId,
  facts: facts.map((fact) => ({ ...fact, at: fact.at?.toISOString() ?? null })),
});

const toTraced = ({ id, executionTime }: ExecutionRecord) => ({
  id,
  executionTimeMs: executionTime.getTime(),
});
