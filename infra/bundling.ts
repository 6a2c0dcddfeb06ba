import { execFileSync } from 'node:child_process';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { AssetOptions } from 'aws-cdk-lib/aws-s3-assets';
import type { BuildOptions } from 'esbuild';
import type { FunctionSettings } from '../lib/topology.ts';

/**
 * Settings that bundle a function into one file. The sizes and times in the comments are for the worker's bundle, on the
 * machine of bench/README.md; `npm run bench -- cold-start` measures them.
 */
const settings = {
  target: 'node24',
  minify: true,
  // Belfry's logs, ioredis and other packages use the class names of errors. This adds 55 KB, and no measurable time.
  keepNames: true,
  // The source map does not include the source files, which are in the repository. Node needs 10 MB for it, instead of 26 MB.
  sourcesContent: false,
  // Prefers ES modules to CommonJS, because esbuild can remove their unused code. This saves 150 KB.
  mainFields: ['module', 'main'],
  // CommonJS packages call `require` for Node's own modules, but an ES module has no `require`. esbuild does not see the name
  // in the banner, and may give its short names to other things.
  banner:
    "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  // pg needs pg-native only for `pg.native`, which Belfry does not use. The bundle includes the AWS SDK (320 KB and 8 ms), so
  // that the tested version runs everywhere: the version in AWS's runtime changes without notice.
  external: ['pg-native', 'supports-color'],
} as const;

/** Paths of the certificate authorities of RDS, in the repository and in a function. */
const AUTHORITIES = 'infra/certificates/rds.pem';
export const authoritiesInFunction = '/var/task/rds.pem';

/** Commands that add files to a function's bundle. */
export type AddFiles = (root: string, output: string) => string[];

export const addAuthorities: AddFiles = (root, output) => [`cp "${root}/${AUTHORITIES}" "${output}"`];

/** Builds the pages next to the bundle, with the Node that runs the CDK: an older one may come first in the PATH. */
export const addSite =
  ({ isCompressed }: { isCompressed: boolean }): AddFiles =>
  (root, output) => [
    `"${process.execPath}" "${root}/scripts/run.mjs" site/main.ts "${output}/site"${isCompressed ? ' --compress' : ''}`,
  ];

/**
 * Returns the settings of an asset with the hashed files of the pages. The build is the same as in the function, so the files
 * and their names are the same too.
 */
export const hashedFilesOf = (root: string): AssetOptions => ({
  assetHashType: AssetHashType.OUTPUT,
  bundling: {
    // Never used: the build needs only Node.
    image: DockerImage.fromRegistry('none'),
    local: {
      tryBundle: (output) => {
        execFileSync(process.execPath, [`${root}/scripts/run.mjs`, 'site/main.ts', output, '--hashed-only'], {
          // Only the CDK's own output may go to stdout.
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        return true;
      },
    },
  },
});

/** Returns the settings for `NodejsFunction`. */
export const bundlingWith = (addFiles: AddFiles): BundlingOptions => ({
  commandHooks: { beforeInstall: () => [], beforeBundling: () => [], afterBundling: addFiles },
  format: OutputFormat.ESM,
  target: settings.target,
  minify: settings.minify,
  keepNames: settings.keepNames,
  sourceMap: true,
  sourcesContent: settings.sourcesContent,
  mainFields: [...settings.mainFields],
  banner: settings.banner,
  externalModules: [...settings.external],
});

/**
 * Returns the same settings for esbuild's own API. esbuild writes no files: the paths in a source map are relative to the
 * folder in which the CDK bundles, and the caller may store the result anywhere.
 *
 * @param root the repository's folder. @param entry the function's module, relative to `root`.
 */
export function esbuildOptions(root: string, entry: string) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: 'cdk.out/bundle/index.mjs',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: settings.target,
    minify: settings.minify,
    keepNames: settings.keepNames,
    sourcemap: true,
    sourcesContent: settings.sourcesContent,
    mainFields: [...settings.mainFields],
    banner: { js: settings.banner },
    external: [...settings.external],
    metafile: true,
    write: false,
    logLevel: 'silent',
  } satisfies BuildOptions;
}

/**
 * Returns a function's NODE_OPTIONS. With source maps, stack traces show the source files and lines; this costs 7 ms and 10 MB
 * at the start. The heap's limits apply only if the runtime sets none. When last checked (Node 18), AWS's runtime set a
 * twentieth of the function's memory for a semi-space and nine tenths for the old space on Node's command line, which wins.
 */
export function nodeOptions({ heap }: Pick<FunctionSettings, 'heap'>): string {
  const limits =
    heap === undefined
      ? []
      : [`--max-semi-space-size=${heap.semiSpaceMb}`, `--max-old-space-size=${heap.oldSpaceMb}`];
  return ['--enable-source-maps', ...limits].join(' ');
}
