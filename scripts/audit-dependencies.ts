// Asks npm's registry for known vulnerabilities in what package-lock.json has.
//   npm run audit:dependencies                       needs a registry that offers advisories
//   npm run audit:dependencies -- --if-possible      says so and ends well where there is none
// Exits with 1 when there is one of severity high or critical.
// npm does the audit. Its exit code alone does not tell a vulnerability from a registry without advisories.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readAuditReport } from './support/audit-report.ts';

const { stdout, error } = spawnSync('npm', ['audit', '--audit-level=high', '--json'], {
  cwd: join(import.meta.dirname, '..'),
  encoding: 'utf8',
  maxBuffer: 64 * 1_048_576,
});
const report =
  error === undefined ? readAuditReport(stdout) : { kind: 'not run' as const, why: error.message };
switch (report.kind) {
  case 'not run':
    console.error(`audit:dependencies did not run: ${report.why}`);
    process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
    break;
  case 'run':
    for (const { name, severity, titles } of report.serious)
      console.error(`${severity}: ${name}: ${titles.join('; ')}`);
    console.log(
      `audit:dependencies: ${report.serious.length} of high or critical severity, ${report.others} of less`,
    );
    process.exitCode = report.serious.length === 0 ? 0 : 1;
}
