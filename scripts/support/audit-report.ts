import * as z from 'zod';

const vulnerability = z.object({
  name: z.string(),
  severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
  // The advisory itself, or the name of the package through which it comes.
  via: z.array(z.union([z.string(), z.object({ title: z.string() })])),
});

const run = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), vulnerability),
});

const failed = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().nullish(), summary: z.string().nullish() }).optional(),
});

export type AuditReport =
  | { kind: 'run'; serious: { name: string; severity: string; titles: string[] }[]; others: number }
  /** The registry could not be reached, or has no advisories. */
  | { kind: 'not run'; why: string };

/** The output of `npm audit --json` (npm 7 and newer). */
export function readAuditReport(text: string): AuditReport {
  const json = parse(text);
  const report = run.safeParse(json);
  if (!report.success) return { kind: 'not run', why: reasonOf(json) };
  const found = Object.values(report.data.vulnerabilities);
  const serious = found.filter(({ severity }) => severity === 'high' || severity === 'critical');
  return {
    kind: 'run',
    serious: serious.map(({ name, severity, via }) => ({
      name,
      severity,
      titles: via.map((each) => (typeof each === 'string' ? `through ${each}` : each.title)),
    })),
    others: found.length - serious.length,
  };
}

function reasonOf(json: unknown): string {
  const { data } = failed.safeParse(json);
  const parts = [data?.error?.code, data?.error?.summary, data?.message].filter((part) => part);
  // The message may contain the address of the registry and the request.
  return parts.join(' ').replaceAll(/https?:\/\/\S+/g, 'the registry') || 'npm audit gave no report';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
