export type TextFinder = {
  /** Takes the next bytes, in any division. */
  add: (chunk: Uint8Array) => void;
  isFound: () => boolean;
};

/**
 * Looks for a text, as UTF-8, in the first `limitBytes` bytes of a stream. Between two chunks it keeps fewer bytes than the
 * text has.
 */
export function makeTextFinder(text: string, limitBytes: number): TextFinder {
  const wanted = Buffer.from(text);
  let tail: Buffer = Buffer.alloc(0);
  let seenBytes = 0;
  let isFound = false;
  return {
    add: (chunk) => {
      if (isFound || seenBytes >= limitBytes) return;
      const part = chunk.subarray(0, limitBytes - seenBytes);
      seenBytes += part.length;
      const joined = Buffer.concat([tail, part]);
      isFound = joined.includes(wanted);
      // A copy, so that the rest of the chunk is not kept in memory.
      tail = Buffer.from(joined.subarray(Math.max(joined.length - wanted.length + 1, 0)));
    },
    isFound: () => isFound,
  };
}
