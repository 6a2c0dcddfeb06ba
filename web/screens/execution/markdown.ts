import type { ExecutionDetails, Explanation, NamedJob } from '../../api/types.ts';

/** A fence that the text cannot end. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}

/** Describes an execution for an issue. It has what the page shows: secrets stay hidden. */
export function toMarkdown(
  execution: ExecutionDetails,
  explanation: Explanation | undefined,
  job: NamedJob | undefined,
): string {
  const last = execution.attempts.at(-1);
  const name = job?.name ?? job?.key ?? `job ${execution.jobId}`;
  return [
    `### Execution ${execution.id} of ${name}: ${execution.status}`,
    '',
    `- job: ${execution.jobId}${job?.key == null ? '' : `, key \`${job.key}\``}`,
    ...(job === undefined ? [] : [`- target: ${job.api}`]),
    `- execution time: ${execution.executionTime}`,
    ...(execution.traceId === null ? [] : [`- trace: ${execution.traceId}`]),
    '',
    ...(explanation?.facts.map(({ sentence }) => `1. ${sentence}`) ?? []),
    ...(last?.response == null || last.response.body === ''
      ? []
      : ['', 'The last response:', '', fence(last.response.body)]),
    '',
  ].join('\n');
}
