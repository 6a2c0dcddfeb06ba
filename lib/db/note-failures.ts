/**
 * Notes failures that belong to no group yet. Use it in a `with` of the statement that ends the executions, so that a failure is
 * noted if, and only if, it is recorded. It reads another part of the `with`, whose name is `failed` and whose columns are `id`
 * and `execution_time`.
 */
export const NOTE_FAILURES = /* sql */ `
    insert into ungrouped_failures (execution_id, execution_time)
    select id, execution_time from failed`;
