/** The progress of a pass that corrects the stored next execution times for a release of the time zone database. */
export type ZoneDataPass = {
  /** The release, such as `2026f`. Null if it is unknown. */
  version: string | null;
  /** Code with an older release may have computed next execution times until then. */
  olderSeenAt: Date;
  passStartedAt: Date;
  /** The id of the last processed job. Null when the pass has ended. */
  passJobId: number | null;
};

/** Longer than a function of the previous version may still run after a deploy. */
const SETTLE_MS = 600_000;

/**
 * Returns the pass after a tick with a release. If the release is newer than the stored one, a pass begins at once. A
 * second pass begins when no code with an older release has run for 10 minutes, because such code may have computed
 * next execution times behind the first pass. A tick with an older release only stores that it has run, and changes no
 * times.
 */
export function continuePass(pass: ZoneDataPass, version: string, now: Date): ZoneDataPass {
  if (pass.version !== null && isOlder(version, pass.version)) return { ...pass, olderSeenAt: now };
  const started = { version, passStartedAt: now, passJobId: 0 };
  if (pass.version !== version) return { ...started, olderSeenAt: now };
  const settledMs = pass.olderSeenAt.getTime() + SETTLE_MS;
  const isDue = pass.passStartedAt.getTime() < settledMs && now.getTime() >= settledMs;
  return pass.passJobId === null && isDue ? { ...pass, ...started } : pass;
}

/** Compares releases. Their letters go from a to z within a year, and would continue with two letters. */
function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}
