import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readLock } from '../../../scripts/licences/read-lock.ts';
import { writeLicencesPage } from '../../../scripts/licences/write-page.ts';
import { readAuditReport } from '../../../scripts/support/audit-report.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('install scripts', () => {
  test('each package that has an install script is named, with a decision', async () => {
    const manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()) });
    const { allowScripts } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    const withScripts = (await readLock(root)).filter(({ hasInstallScript }) => hasInstallScript);
    expect(withScripts.length).toBeGreaterThan(0);
    expect(Object.keys(allowScripts).sort()).toEqual(
      [...new Set(withScripts.map(({ name }) => name))].sort(),
    );
  });

  test('no install script runs, however npm interprets the names', async () => {
    expect(await readFile(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});

describe('the lock file', () => {
  const lockFile = z.object({
    packages: z.record(
      z.string(),
      z.object({
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        link: z.boolean().optional(),
        inBundle: z.boolean().optional(),
      }),
    ),
  });
  const readPackages = async (): Promise<[string, z.infer<typeof lockFile>['packages'][string]][]> => {
    const { packages } = lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
    // A workspace is a folder of the repository.
    return Object.entries(packages).filter(
      ([path, { link = false }]) => path.includes('node_modules/') && !link,
    );
  };

  // npm never adds an integrity that is missing. Delete the entry and run `npm install --package-lock-only`.
  test('each package in the lock file has a SHA-512 that npm compares with its download', async () => {
    const packages = await readPackages();
    const unverified = packages.filter(
      // A bundled package comes inside the archive of another one, whose hash covers it.
      ([, { integrity, inBundle = false }]) => !inBundle && !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''),
    );
    expect(packages.length).toBeGreaterThan(20);
    expect(unverified.map(([path]) => path)).toEqual([]);
  });

  test('a bundled package is listed below the package whose hash covers it', async () => {
    const packages = await readPackages();
    const hashed = new Set(
      packages.filter(([, { integrity }]) => integrity !== undefined).map(([path]) => path),
    );
    const stray = packages.filter(
      ([path, { inBundle = false }]) =>
        inBundle && !hashed.has(path.slice(0, path.lastIndexOf('/node_modules/'))),
    );
    expect(stray.map(([path]) => path)).toEqual([]);
  });

  test('no package in the lock file names the registry that it came from', async () => {
    const packages = await readPackages();
    expect(packages.flatMap(([path, { resolved }]) => (resolved === undefined ? [] : [path]))).toEqual([]);
  });
});

describe('the page of licences', () => {
  const locked = (name: string, licence: string, dependencies: string[] = []) => ({
    path: `node_modules/${name}`,
    name,
    version: '1.0.0',
    licence,
    hasInstallScript: false,
    dependencies,
  });

  test('the page of licences says what each package in a bundle is for, and counts the others', () => {
    const packages = [locked('pg', 'MIT', ['pg-types']), locked('pg-types', 'ISC'), locked('vitest', 'MIT')];
    const { text, faults } = writeLicencesPage(packages, ['node_modules/pg', 'node_modules/pg-types']);
    expect(text).toContain('| pg | 1.0.0 | MIT | PostgreSQL |');
    expect(text).toContain('| pg-types | 1.0.0 | ISC | needed by pg |');
    expect(text).toContain('| MIT | 1 |');
    expect(faults).toEqual([]);
  });

  test('some licences are accepted in development and not in a bundle, and some nowhere', () => {
    const packages = [locked('pg', 'MPL-2.0'), locked('vitest', 'MPL-2.0'), locked('other', 'AGPL-3.0-only')];
    expect(writeLicencesPage(packages, ['node_modules/pg']).faults).toEqual([
      expect.stringMatching(/^pg 1\.0\.0: the licence MPL-2\.0 is not allowed for runtime/),
      expect.stringMatching(/^other 1\.0\.0: the licence AGPL-3\.0-only is not allowed for development/),
    ]);
  });

  test('a package in a bundle needs a purpose', () => {
    expect(writeLicencesPage([locked('stray', 'MIT')], ['node_modules/stray']).faults).toEqual([
      expect.stringContaining('does not say what it is for'),
    ]);
  });
});

describe('the report of npm audit', () => {
  const vulnerability = (severity: string, via: unknown[]) => ({ name: 'a', severity, via });

  test('only advisories of severity high and critical are reported', () => {
    const vulnerabilities = {
      a: vulnerability('high', [{ title: 'reads anything' }]),
      b: vulnerability('critical', ['a']),
      c: vulnerability('moderate', []),
    };
    expect(readAuditReport(JSON.stringify({ auditReportVersion: 2, vulnerabilities }))).toEqual({
      kind: 'run',
      serious: [
        { name: 'a', severity: 'high', titles: ['reads anything'] },
        { name: 'a', severity: 'critical', titles: ['through a'] },
      ],
      others: 1,
    });
  });

  test.each([
    [
      '{"error":{"code":"ENOAUDIT","summary":"no advisories at https://registry.example/x"}}',
      /^ENOAUDIT no advisories at the registry$/,
    ],
    ['{"message":"request to https://registry.example/x failed"}', /^request to the registry failed$/],
    ['<html>', /no report/],
    ['', /no report/],
    // Not a report of no vulnerabilities.
    ['{}', /no report/],
  ])('%s is not a report of npm audit', (text, why) => {
    expect(readAuditReport(text)).toEqual({ kind: 'not run', why: expect.stringMatching(why) });
  });
});
