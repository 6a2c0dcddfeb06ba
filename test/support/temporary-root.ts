import { access, constants, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';

/** Where Linux has a file system in memory. */
const MEMORY = '/dev/shm';
const TMPFS = 0x0102_1994;
/** A run of all tests needs less than 2 GiB. */
const ROOM_BYTES = 8 * 2 ** 30;

/**
 * The directory for the data of a run: in memory if this machine has room, otherwise on the disk. A database is 300 files,
 * and most tests have their own. Creating one took 13 ms of processor time in memory, and 15 to 270 ms on ext4.
 */
export async function temporaryRoot(): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK);
    const { type, bavail, bsize } = await statfs(MEMORY);
    const hasRoom = bavail * bsize >= ROOM_BYTES && freemem() >= ROOM_BYTES;
    return type === TMPFS && hasRoom ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
