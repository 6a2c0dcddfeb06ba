import type { AskedRun, StoredExecution, Violation } from '../journal/types.ts';
import { at, type Evidence, isClaim, isOccurrence, isReport } from './evidence.ts';

const RULE = 'every run by hand that was acknowledged has its execution, and no other exists';
const CANCELLED = 'no claim follows an acknowledged cancellation';

/** How far the API's clock and the harness's may differ. */
const CLOCK_TOLERANCE_MS = 250;

/** Checks the executions that no schedule asked for against the requests that asked for them. */
export function checkRuns(evidence: Evidence): Violation[] {
  const { journal } = evidence;
  const byId = new Map(journal.executions.map((execution) => [execution.id, execution]));
  return [
    ...journal.runs.flatMap((run) => checkRun(run, byId)),
    ...checkUnasked(evidence),
    ...journal.runs.flatMap((run) => checkCancel(run, byId, evidence)),
  ];
}

function checkRun(
  { job, originId, answer }: AskedRun,
  byId: ReadonlyMap<number, StoredExecution>,
): Violation[] {
  if (answer.kind !== 'acknowledged') return [];
  const execution = byId.get(answer.id);
  const trigger = originId === undefined ? 'MANUAL' : 'REDRIVE';
  if (execution?.trigger === trigger && execution.originId === (originId ?? null)) return [];
  const is = execution === undefined ? 'is missing' : `is ${execution.trigger} of ${execution.originId}`;
  return [
    {
      rule: RULE,
      detail: `execution ${answer.id} of job number ${job}, acknowledged at ${at(answer.atMs)}, ${is}`,
    },
  ];
}

/** A request without an answer may have made an execution, and no other request may. */
function checkUnasked({ journal, known }: Evidence): Violation[] {
  const acknowledged = new Set(
    journal.runs.flatMap(({ answer }) => (answer.kind === 'acknowledged' ? [answer.id] : [])),
  );
  const unanswered = Map.groupBy(
    journal.runs.filter(({ answer }) => answer.kind === 'unknown'),
    ({ job }) => job,
  );
  return known.flatMap(({ asked, executions }) => {
    const unasked = executions.filter(
      (execution) => !isOccurrence(execution) && !isReport(execution) && !acknowledged.has(execution.id),
    );
    const allowed = unanswered.get(asked.number)?.length ?? 0;
    if (unasked.length <= allowed) return [];
    const ids = unasked.map(({ id }) => id).join(', ');
    return [
      {
        rule: RULE,
        detail: `job ${asked.name} has the executions ${ids} by hand, and ${allowed} requests without an answer`,
      },
    ];
  });
}

function checkCancel(
  { answer, cancel }: AskedRun,
  byId: ReadonlyMap<number, StoredExecution>,
  evidence: Evidence,
): Violation[] {
  if (answer.kind !== 'acknowledged' || cancel?.ackMs === undefined) return [];
  const { ackMs } = cancel;
  const { id } = answer;
  const late = evidence
    .transitionsOf(id)
    .filter((transition) => isClaim(transition) && transition.atMs > ackMs + CLOCK_TOLERANCE_MS);
  const status = byId.get(id)?.status;
  const isOver = status === 'CANCELLED' || status === 'SUCCESS';
  return [
    ...late.map(({ atMs, environment }) => ({
      rule: CANCELLED,
      detail: `execution ${id} was claimed at ${at(atMs)} by ${environment}, and cancelled at ${at(ackMs)}`,
    })),
    ...(isOver ? [] : [{ rule: CANCELLED, detail: `execution ${id} is ${status}, and was cancelled` }]),
  ];
}
