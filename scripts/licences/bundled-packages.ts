import { sep } from 'node:path';
import { build } from 'esbuild';
import { deployFunctions, functions, pageFunctions } from '../../lib/topology.ts';
import { bundleUi } from '../../web/build/build-ui.ts';

/** Packages whose files the pages contain unchanged. */
const COPIED = ['node_modules/swagger-ui-dist'];

/** Lists the packages in the bundles of the topology's functions and of the dashboard, by their paths in node_modules. */
export async function findBundledPackages(root: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.values({ ...functions, ...pageFunctions, ...deployFunctions }).map(
      ({ entry }) => entry,
    ),
    outdir: 'unused',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['pg-native', 'supports-color'],
    logLevel: 'silent',
  });
  const ui = await bundleUi();
  const inputs = Object.keys({ ...metafile.inputs, ...ui.metafile.inputs }).map((path) =>
    path.split(sep).join('/'),
  );
  const packages = inputs.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set([...packages, ...COPIED])].sort();
}
