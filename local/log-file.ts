import { appendFileSync, renameSync, statSync } from 'node:fs';

/** With the one before it, what the log takes on disk at most is twice this. */
const MAX_BYTES = 10 * 1_048_576;

/**
 * Opens a log to append to; when it is full it becomes `<path>.1`. Written synchronously, so that what is logged last
 * is there after a crash; with warnings and errors alone that is little.
 */
export function openLogFile(path: string): (text: string) => void {
  let sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return (text) => {
    try {
      if (sizeBytes > MAX_BYTES) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
      }
      appendFileSync(path, text, { mode: 0o600 });
      sizeBytes += Buffer.byteLength(text);
    } catch {
      // A full disk takes no log; the jobs are worth more than the lines.
    }
  };
}
