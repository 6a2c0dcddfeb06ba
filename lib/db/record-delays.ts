/** Records what the payload `d.delays` has counted on the execution `e`. The counts begin with the counts of the row. */
export const SET_DELAYS = /* sql */ `
           snooze_count = coalesce((d.delays ->> 'snoozes')::integer, e.snooze_count),
           snoozed_ms = coalesce((d.delays ->> 'snoozedMs')::bigint, e.snoozed_ms),
           held_back_count = coalesce((d.delays ->> 'pauses')::integer, e.held_back_count),
           held_back_ms = coalesce((d.delays ->> 'pausedMs')::bigint, e.held_back_ms),
           requeued_at = coalesce(
             to_timestamp((d.delays ->> 'requeuedAtMs')::double precision / 1000), e.requeued_at)`;
