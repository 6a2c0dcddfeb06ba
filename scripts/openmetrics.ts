// Parses the text of GET /metrics with the package prometheus-client of PyPI. The tests parse it with a parser of their own.
// Needs python3 (3.10 or newer) with venv and pip.
//   npm run openmetrics                       exits 1 when the text is not accepted
//   npm run openmetrics -- --if-possible      says so and ends well where Python or the package index is not there
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMetricsText } from '../lib/api/open-metrics.ts';
import type { ServiceMetrics } from '../lib/app/read-metrics.ts';
import { addValues, countedStatuses, noOutcomes } from '../lib/domain/roll-up/outcome-counts.ts';
import type { GroupSeries } from '../lib/domain/roll-up/series.ts';
import { openCacheDir } from '../local/services/cache-dir.ts';
import { CannotInstallError, installPython } from './support/install-python.ts';

const requirements = join(import.meta.dirname, 'support', 'prometheus-client-requirements.txt');

/** Prints the number of families and samples. Fails when the text is not OpenMetrics. */
const PROGRAM = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(len(families), "families,", sum(len(family.samples) for family in families), "samples")
`;

const series: GroupSeries[] = [
  'none',
  'other',
  'group:billing',
  'group:a "quoted"\\ name\nof two lines, {é☃}',
];

function totalOf(
  of: GroupSeries,
  status: (typeof countedStatuses)[number],
): ServiceMetrics['totals'][number] {
  const counts = noOutcomes();
  const values = [0, 1, 2, 1_024, 1_025, 90_000, 100_000_000];
  counts.executions = values.length;
  addValues(counts.duration, values);
  addValues(counts.lateness, values);
  return { ...counts, series: of, status };
}

const full: ServiceMetrics = {
  totals: series.flatMap((of) => countedStatuses.map((status) => totalOf(of, status))),
  countedUntil: new Date('2031-05-01T12:00:00.123Z'),
  queue: { ready: 1, scheduled: 2, processing: 3, retrying: 4, completed: 5, failed: 6 },
  oldestDueAgeMs: 1_500,
  schedulerLagMs: 61_500,
};
const empty: ServiceMetrics = {
  totals: [],
  countedUntil: undefined,
  queue: undefined,
  oldestDueAgeMs: 0,
  schedulerLagMs: 0,
};

function parseWith(python: string, metrics: ServiceMetrics): boolean {
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', PROGRAM], {
    input: openMetricsText(metrics, '1.2.3'),
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status === 0) console.log(`openmetrics: ${stdout.trim()}`);
  else console.error(`openmetrics: the text is not accepted: ${stderr.trim()}`);
  return status === 0;
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-openmetrics-'));
try {
  const cacheDir = await openCacheDir({ path: directory });
  const { python } = await installPython('prometheus-client', {
    requirements,
    cacheDir,
    report: console.log,
  });
  process.exitCode = [full, empty].every((metrics) => parseWith(python, metrics)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof CannotInstallError)) throw error;
  console.error(`openmetrics did not run: ${error.message}`);
  process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}
