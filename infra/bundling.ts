import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { BuildOptions } from 'esbuild';
import type { FunctionSettings } from '../lib/topology.ts';

/**
 * How a function becomes the one file that deploys. The sizes and times are of the worker's bundle, on the machine of
 * bench/README.md; `npm run bench -- cold-start` measures them.
 */
const settings = {
  target: 'node24',
  minify: true,
  // Logs name errors by their class, and so do ioredis and others inside: 55 KB, and no measurable time.
  keepNames: true,
  // The files a map names are in the repository, so their text is not shipped again: Node needs 10 MB for the map then,
  // and 26 MB with them.
  sourcesContent: false,
  // Modules before CommonJS: what is not used of them falls away. 150 KB less.
  mainFields: ['module', 'main'],
  // Packages that are CommonJS call `require` for Node's own modules; a module has none. esbuild does not know of the names
  // here, and gives things of its own short ones.
  banner:
    "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  // pg asks for it when `pg.native` is used, which it is not. The AWS SDK is not left out: the version that was tested runs,
  // here, on emulators and on AWS, whose runtime's changes without us. That is 320 KB and 8 ms.
  external: ['pg-native'],
  // undici's own switch to leave out its experimental HTTP parser, as Node's copy of it does: 170 KB.
  define: { esbuildDetection: 'true' },
} as const;

/** The certificate authorities of RDS: in the repository, and where functions find them. */
const AUTHORITIES = 'infra/certificates/rds.pem';
export const authoritiesInFunction = '/var/task/rds.pem';

/** For `NodejsFunction`. */
export const bundling: BundlingOptions = {
  commandHooks: {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (root, output) => [`cp "${root}/${AUTHORITIES}" "${output}"`],
  },
  format: OutputFormat.ESM,
  target: settings.target,
  minify: settings.minify,
  keepNames: settings.keepNames,
  sourceMap: true,
  sourcesContent: settings.sourcesContent,
  mainFields: [...settings.mainFields],
  banner: settings.banner,
  externalModules: [...settings.external],
  define: settings.define,
};

/**
 * The same for esbuild's own API. Nothing is written: the maps name their files as seen from the folder that the CDK bundles
 * in, wherever the result is then put.
 *
 * @param root the repository's folder. @param entry a function's, from there.
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
    define: settings.define,
    metafile: true,
    write: false,
    logLevel: 'silent',
  } satisfies BuildOptions;
}

/**
 * A function's NODE_OPTIONS. Stack traces name our files and lines, for 7 ms and 10 MB at the start. The heap's limits hold
 * where the runtime sets none: AWS's gave Node a twentieth of the function's memory for a semi-space and nine tenths for
 * the old space on its command line, which wins, when it was last looked into (Node 18).
 */
export function nodeOptions({ heap }: Pick<FunctionSettings, 'heap'>): string {
  const limits =
    heap === undefined
      ? []
      : [`--max-semi-space-size=${heap.semiSpaceMb}`, `--max-old-space-size=${heap.oldSpaceMb}`];
  return ['--enable-source-maps', ...limits].join(' ');
}
