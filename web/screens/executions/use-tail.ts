import { useState } from 'react';
import type { Execution } from '../../api/types.ts';

/**
 * Holds the list still while a person reads it, and counts the executions that are new since then.
 *
 * @param latest the newest page; undefined while the first one is read.
 */
export function useTail(latest: readonly Execution[] | undefined, isHeld: boolean) {
  const [kept, setKept] = useState(latest);
  // The state follows the page while nothing holds it; React renders again at once, before anything shows.
  if (!isHeld && kept !== latest) setKept(latest);
  const shown = isHeld ? (kept ?? latest) : latest;
  const known = new Set(shown?.map(({ id }) => id));
  const newCount = isHeld ? (latest?.filter(({ id }) => !known.has(id)).length ?? 0) : 0;
  return { shown, newCount, catchUp: () => setKept(latest) };
}
