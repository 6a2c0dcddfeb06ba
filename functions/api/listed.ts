import type { PlacedExecution } from '../../lib/db/execution-history.ts';
import type { PlacedUpcoming } from '../../lib/domain/upcoming.ts';
import { executionPosition, upcomingPosition } from '../../lib/api/cursor.ts';
import { jobExecutionResource, upcomingResource } from '../../lib/api/resources.ts';

// The presentation of the items of several lists, and the position of each in its list.

export const ofUpcoming = {
  json: ({ item }: PlacedUpcoming) => JSON.stringify(upcomingResource(item)),
  position: ({ place }: PlacedUpcoming) => upcomingPosition(place),
};
export const ofExecutions = {
  json: (execution: PlacedExecution) => JSON.stringify(jobExecutionResource(execution)),
  position: executionPosition,
};

/** Returns the offset of a page; undefined if it was requested by a cursor, because its offset is then unknown. */
export function offsetShown(offset: number | undefined, cursor: string | undefined): number | undefined {
  return cursor === undefined ? (offset ?? 0) : undefined;
}
