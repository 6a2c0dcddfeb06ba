import { useState } from 'react';

/**
 * Remembers the cursors of the pages before the one in the address. An address that was opened by itself has no pages before it:
 * its way back leads to the first page.
 */
export function usePages(cursor: string | undefined, go: (cursor: string | undefined) => void) {
  const [before, setBefore] = useState<readonly (string | undefined)[]>([]);
  return {
    isFirst: cursor === undefined,
    onFirst: () => {
      setBefore([]);
      go(undefined);
    },
    onBack: () => {
      setBefore(before.slice(0, -1));
      go(before.at(-1));
    },
    onNext: (next: string) => {
      setBefore([...before, cursor]);
      go(next);
    },
  };
}
