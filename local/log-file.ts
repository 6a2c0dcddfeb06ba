import { appendFileSync, closeSync, constants, openSync, renameSync, statSync } from 'node:fs';

/** Maximum size of a log file. With the previous file, the log needs at most twice this on disk. */
const MAX_BYTES = 10 * 1_048_576;

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Opens a log for appending. It creates the file at once, so that a user can follow it from the start. A full log is renamed to
 * `<path>.1`. Lines are written synchronously, so that the last ones survive a crash; with only warnings and errors there are
 * few.
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
      // The disk may be full. Jobs must run even without a log.
    }
  };
}

function append(path: string, text: string): void {
  // Does not follow a link, which could lead to any file.
  const file = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  try {
    appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
