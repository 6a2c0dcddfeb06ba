import { allowed, purposes } from './policy.ts';
import type { LockedPackage } from './read-lock.ts';

/** Writes the page, and lists the violations of the policy. */
export type LicencesPage = { text: string; faults: string[] };

/** @param bundled paths of the packages that are in a bundle. */
export function writeLicencesPage(
  locked: readonly LockedPackage[],
  bundled: readonly string[],
): LicencesPage {
  const isBundled = new Set(bundled);
  const runtime = locked.filter(({ path }) => isBundled.has(path));
  const development = locked.filter(({ path }) => !isBundled.has(path));
  const reasons = reasonsFor(runtime);
  const rows = runtime.map(
    ({ name, version, licence, path }) =>
      `| ${name} | ${version} | ${licence} | ${reasons.get(path) ?? ''} |`,
  );
  const counts = new Map<string, number>();
  for (const { licence } of development) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const summary = [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([licence, count]) => `| ${licence} | ${count} |`);
  const text = [
    '# Licences',
    '',
    'Written by `npm run licences` from `package-lock.json` and the bundles; CI fails when it is out of date, or when',
    'a licence is not allowed by `scripts/licences/policy.ts`.',
    '',
    '## In the bundles',
    '',
    '| package | version | licence | for |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## In development alone',
    '',
    'Packages that build, test and run Belfry on one machine; none of them is in a bundle.',
    '',
    '| licence | packages |',
    '|---|---|',
    ...summary,
    '',
  ].join('\n');
  return {
    text,
    faults: [
      ...broken(runtime, 'runtime'),
      ...broken(development, 'development'),
      ...unexplained(runtime, reasons),
    ],
  };
}

function broken(packages: readonly LockedPackage[], kind: keyof typeof allowed): string[] {
  return packages
    .filter(({ licence }) => !allowed[kind].has(licence))
    .map(
      ({ name, version, licence }) => `${name} ${version}: the licence ${licence} is not allowed for ${kind}`,
    );
}

function unexplained(packages: readonly LockedPackage[], reasons: ReadonlyMap<string, string>): string[] {
  return packages
    .filter(({ path }) => !reasons.has(path))
    .map(({ name }) => `${name}: scripts/licences/policy.ts does not say what it is for`);
}

/** Returns the purpose of each package: its own, or the package that needs it. */
function reasonsFor(packages: readonly LockedPackage[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { name, path } of packages) {
    const purpose = purposes[name];
    if (purpose !== undefined && path === `node_modules/${name}`) reasons.set(path, purpose);
  }
  for (const { path, name } of packages.filter((each) => !reasons.has(each.path))) {
    const [user, ...more] = packages.filter(({ dependencies }) => dependencies.includes(name));
    if (user === undefined) continue;
    reasons.set(path, `needed by ${user.name}${more.length === 0 ? '' : ` and ${more.length} more`}`);
  }
  return reasons;
}
