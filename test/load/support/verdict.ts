/** The result of one check: the found and the allowed value as text. */
export type Verdict = { what: string; found: string; allowed: string; isKept: boolean };

export function atMost(what: string, value: number, limit: number, unit: string): Verdict {
  return { what, found: amount(value, unit), allowed: `≤ ${amount(limit, unit)}`, isKept: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit: string): Verdict {
  return { what, found: amount(value, unit), allowed: `≥ ${amount(limit, unit)}`, isKept: value >= limit };
}

export function exactly(what: string, value: number, expected: number, unit: string): Verdict {
  return { what, found: amount(value, unit), allowed: amount(expected, unit), isKept: value === expected };
}

function amount(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })} ${unit}`.trim();
}

/** Prints one line for each verdict, and returns whether every limit was kept. */
export function printVerdicts(verdicts: readonly Verdict[]): boolean {
  for (const { what, found, allowed, isKept } of verdicts) {
    console.log(
      `  ${isKept ? 'kept  ' : 'BROKEN'}  ${what.padEnd(62)} ${found.padStart(16)}   allowed ${allowed}`,
    );
  }
  const broken = verdicts.filter(({ isKept }) => !isKept);
  const names = broken.map(({ what }) => what).join('; ');
  console.log(broken.length === 0 ? `\nAll ${verdicts.length} limits are kept.` : `\nNot kept: ${names}.`);
  return broken.length === 0;
}
