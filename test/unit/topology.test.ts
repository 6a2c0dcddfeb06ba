import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../lib/app/worker/in-flight.ts';
import { functions } from '../../lib/topology.ts';

/** Memory that Node uses outside of its heap: its code, stacks and sockets, and buffers that will soon be freed. */
const NODE_MB = 64;

test("a worker's heap and the bodies that it has in flight fit its memory together", () => {
  const { memoryMb, heap } = functions.worker;
  const heapMb = 3 * heap.semiSpaceMb + heap.oldSpaceMb;
  expect(heapMb + MAX_BODY_BYTES / 1_048_576 + NODE_MB).toBeLessThanOrEqual(memoryMb);
});
