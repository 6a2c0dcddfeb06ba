import { readFileSync } from 'node:fs';

/** On Linux, `resourceUsage().maxRSS` includes the memory of the parent before exec. VmHWM is only that of this program. */
export function peakRssBytes(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
