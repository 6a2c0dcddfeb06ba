/** How far the stored next times have been brought to a release of the time zone database. */
export type ZoneDataPass = {
  /** Such as `2026f`; null when it is not known. */
  version: string | null;
  /** Until then code with an older release may have computed next times. */
  olderSeenAt: Date;
  passStartedAt: Date;
  /** The job that the pass has come to; null when it is at its end. */
  passJobId: number | null;
};

/** Longer than a function of the version before may still be at work after a deploy. */
const SETTLE_MS = 600_000;

/**
 * What a tick with a release makes of the pass. A newer release than the stored one begins a pass at once, and a second one when
 * code with an older release has been silent for 10 minutes, since that may have computed next times behind the first. A tick
 * with an older release only leaves word that it was there: it changes nothing back.
 */
export function continuePass(pass: ZoneDataPass, version: string, now: Date): ZoneDataPass {
  if (pass.version !== null && isOlder(version, pass.version)) return { ...pass, olderSeenAt: now };
  const started = { version, passStartedAt: now, passJobId: 0 };
  if (pass.version !== version) return { ...started, olderSeenAt: now };
  const settledMs = pass.olderSeenAt.getTime() + SETTLE_MS;
  const isDue = pass.passStartedAt.getTime() < settledMs && now.getTime() >= settledMs;
  return pass.passJobId === null && isDue ? { ...pass, ...started } : pass;
}

/** Releases of a year go from a to z, and would go on with two letters. */
function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}
