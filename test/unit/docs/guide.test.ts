import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newApiKeySchema } from '../../../lib/api/api-key-schemas.ts';
import { newJobSchema } from '../../../lib/api/job-schemas.ts';
import { apiLimits } from '../../../lib/api/limits.ts';
import { apiKeyLimits } from '../../../lib/domain/api-key.ts';
import { executionStatuses } from '../../../lib/domain/execution.ts';
import { limits } from '../../../lib/domain/job.ts';
import { MIN_TEXT_LENGTH } from '../../../lib/domain/job-filter.ts';
import { MAX_TOTAL } from '../../../lib/domain/total.ts';
import { descriptors, jobPaths, openRouteLimit, routes, timings } from '../../../lib/topology.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const readPage = (name: string): string => readFileSync(`${root}docs/guide/${name}.md`, 'utf8');

/** The names in the first column of the tables of a page. */
function namesIn(page: string): string[] {
  return readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** The stable codes of problems, from the sources that define them. */
function codesInSources(): string[] {
  const sources = globSync('{lib/domain,lib/api,local}/**/*.ts', { cwd: root });
  const codes = sources.flatMap((file) =>
    [
      ...readFileSync(`${root}${file}`, 'utf8').matchAll(
        /\bcode(?:: string)?(?: =|:) '([A-Z]+_[A-Z_]+|[A-Z]{6,})'/g,
      ),
    ].map(([, code = '']) => code),
  );
  return [...new Set(codes)].toSorted();
}

describe('the guide', () => {
  test('the guide names every field of a job', () => {
    expect(namesIn('jobs')).toEqual(expect.arrayContaining(Object.keys(newJobSchema.shape)));
  });

  test('the guide names every field of an API key', () => {
    expect(namesIn('keys')).toEqual(expect.arrayContaining(Object.keys(newApiKeySchema.shape)));
  });

  test('the guide lists every error code, each once', () => {
    const listed = namesIn('errors').filter((name) => /^[A-Z_]+$/.test(name));

    expect(listed.toSorted()).toEqual(codesInSources());
  });

  test('the guide names every status of an execution', () => {
    expect(namesIn('history')).toEqual(expect.arrayContaining([...executionStatuses]));
  });

  test('the guide lists every route, each once', () => {
    const listed = namesIn('api').filter((name) => /^[A-Z]+ \//.test(name));

    const isByKeyToo = ({ method, path }: { method: string; path: string }): boolean =>
      method !== 'PUT' && path.startsWith(jobPaths.byKey);
    const expected = routes.filter((route) => !isByKeyToo(route));
    expect(listed.toSorted()).toEqual(expected.map(({ method, path }) => `${method} ${path}`).toSorted());
    // One sentence stands for the rest.
    expect(readPage('api')).toContain(`\`${jobPaths.byKey}/run\` does what\n\`${jobPaths.byId}/run\` does.`);
  });

  const mib = (bytes: number): string => `${bytes / 1_048_576} MiB`;
  const count = (value: number): string => value.toLocaleString('en-US');

  test.each([
    ['`api`', `${count(limits.urlLength)} characters`],
    ['`headers`', `${limits.headerCount} headers; ${count(limits.headerBytes)} bytes`],
    ['`body`', mib(limits.bodyBytes)],
    ['`maxRetryCount`', `0 to ${limits.maxRetryCount}`],
    ['`timeoutMs`', `1 to ${count(limits.maxTimeoutMs)}`],
    ['`key`', `1 to ${limits.keyLength} characters`],
    ['`group`', `1 to ${limits.groupLength} characters`],
    ['`owner`', `1 to ${limits.ownerLength} characters`],
    ['`name`', `${limits.nameLength} characters`],
    ['`description`', `${count(limits.descriptionLength)} characters`],
    ['`tags`', `${limits.tagCount} different tags of 1 to ${limits.tagLength} characters`],
    ['path and query', `${count(apiLimits.uriLength)} characters`],
    ['headers', `${apiLimits.headers.count} headers, ${count(apiLimits.headers.sizeBytes)} characters`],
    ['body', `${mib(apiLimits.jobBodyBytes)}; ${mib(apiLimits.batchBodyBytes)} for a batch`],
    ['jobs in a batch', `1 to ${count(apiLimits.batchSize)}`],
    ['`limit` of a list', `1 to ${count(apiLimits.pageSize)}`],
    ['`text` of a search', `${MIN_TEXT_LENGTH} to ${limits.searchLength} characters`],
    ['`offset` of a list', `0 to ${count(apiLimits.offset)}`],
    ['`total` of a list', count(MAX_TOTAL)],
    ['a page of a list', mib(apiLimits.pageBytes)],
    [
      'rate of an open route, per API environment',
      `${openRouteLimit.perSecond} per second, ${openRouteLimit.burst} at once`,
    ],
    ['`expiresAt`', `at most ${apiKeyLimits.maxYears} years`],
    ['`rateLimitPerSecond`', `1 to ${count(apiKeyLimits.maxRatePerSecond)}`],
    ['requests at once, per worker environment', `at most ${descriptors.maxInFlight}`],
    ['look-ahead of a tick', `${timings.lookAheadMs / 1_000} s by default`],
  ])('the guide lists the limit of %s', (part, limit) => {
    const rows = readPage('limits')
      .split('\n')
      .filter((line) => line.startsWith(`| ${part} |`));

    expect(rows.join('\n')).toContain(limit);
  });
});
