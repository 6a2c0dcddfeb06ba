import { appendFileSync, closeSync, constants, openSync, renameSync, statSync } from 'node:fs';

/** With the one before it, what the log takes on disk at most is twice this. */
const MAX_BYTES = 10 * 1_048_576;

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Opens a log to append to, and creates it, so that what was printed as its place can be followed from the start. When it is
 * full it becomes `<path>.1`. Written synchronously, so that what is logged last is there after a crash; with warnings and
 * errors alone that is little.
 */
export function openLogFile(path: string): (text: string) => void {
  append(path, '');
  let { size: sizeBytes } = statSync(path);
  return (text) => {
    try {
      if (sizeBytes > MAX_BYTES) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
      }
      append(path, text);
      sizeBytes += Buffer.byteLength(text);
    } catch {
      // A full disk takes no log; the jobs are worth more than the lines.
    }
  };
}

function append(path: string, text: string): void {
  // Not by a link, which could lead to any file.
  const file = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  try {
    appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
