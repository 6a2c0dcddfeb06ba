/** The first and the last of the execution times: they tell PostgreSQL which partitions a batch lies in. */
export function boundsOf(executions: readonly { executionTime: Date }[]): { earliest: Date; latest: Date } {
  const times = executions.map((execution) => execution.executionTime.getTime());
  return { earliest: new Date(Math.min(...times)), latest: new Date(Math.max(...times)) };
}
