/** When the last change of this tab was answered, or may have been done. */
let changedAtMs = Number.NEGATIVE_INFINITY;

/** Notes that this tab has changed something now. */
export function noteChange(): void {
  changedAtMs = Date.now();
}

/** Whether an instant is before the last change of this tab. */
export const isBeforeChange = (atMs: number): boolean => atMs <= changedAtMs;

/** The whole seconds since the last change of this tab, at most a limit. */
export const secondsSinceChange = (most: number): number =>
  Math.max(0, Math.min(most, Math.floor((Date.now() - changedAtMs) / 1_000)));
