import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { App, DockerImage, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { buildBundle, type Bundle } from '../../infra/build-bundle.ts';
import { addAuthorities, addSite, bundlingWith, hashedFilesOf, nodeOptions } from '../../infra/bundling.ts';
import { hashedFolders } from '../../lib/page-files.ts';
import { deployFunctions, functions, type FunctionSettings, pageFunctions } from '../../lib/topology.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAX_BYTES = 1_500_000;
/** The builder has secrets in the environment; the test sets these before the settings are read. */
const CANARY = vi.hoisted(() => {
  const canary = 'canary-of-the-builder';
  process.env['DATABASE_URL'] = `postgresql://belfry:${canary}@127.0.0.1:9/belfry`;
  process.env['AWS_SECRET_ACCESS_KEY'] = canary;
  return canary;
});

const all: Record<string, FunctionSettings> = { ...functions, ...pageFunctions, ...deployFunctions };

const mapSchema = z.object({ sources: z.array(z.string()), sourcesContent: z.unknown().optional() });
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-bundles-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(Object.entries(all))('the bundle of %s', (name, settings) => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await buildBundle(settings.entry, join(directory, name));
  });

  test('a bundle is one module, exports the handler, and has at most 1.5 MB', () => {
    const { code, metafile } = bundle;
    const modules = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map'));
    expect(modules.map(([, { exports }]) => exports)).toEqual([['handler']]);
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(MAX_BYTES);
  });

  test('a bundle imports only itself and Node', () => {
    const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
    const missing = imports.map(({ path }) => path).filter((path) => !isBuiltin(path));
    // `pg.native` asks for the one, and debug, which ioredis logs with, tries whether there is the other.
    const optional = ['pg-native', 'supports-color'];
    expect(missing.filter((path) => !optional.includes(path))).toEqual([]);
  });

  test('a bundle contains no code of tests, of the local run or of development packages', async () => {
    const { packages } = lockSchema.parse(
      JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')),
    );
    const inputs = Object.keys(bundle.metafile.inputs);
    const used = inputs.map((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? input);
    const production = used.filter((path) => packages[path] !== undefined && packages[path].dev !== true);
    const ours = used.filter((path) => /^(lib|functions)\//.test(path));
    if (!Object.hasOwn(pageFunctions, name)) expect(production.length).toBeGreaterThan(0);
    expect(ours).toContain(settings.entry);
    expect(used.filter((path) => !production.includes(path) && !ours.includes(path))).toEqual([]);
  });

  test('a bundle has its source map next to it, with files of the repository', () => {
    expect(bundle.code.trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=index.mjs.map');
    const { sources, sourcesContent } = mapSchema.parse(JSON.parse(bundle.sourceMap));
    expect(sourcesContent).toBeUndefined();
    expect(sources).toContain(`../../${settings.entry}`);
    expect(sources.filter((path) => !/^\.\.\/\.\.\/(lib|functions|node_modules)\//.test(path))).toEqual([]);
  });

  test('a bundle reveals nothing of the machine and the environment it was built in', () => {
    for (const text of [bundle.code, bundle.sourceMap]) {
      for (const secret of [ROOT, homedir(), CANARY]) expect(text.includes(secret)).toBe(false);
    }
  });

  test('a bundle reports the variables that its environment lacks, and where it looked for them', async () => {
    const importIt = ['--input-type=module', '--eval', `await import('${bundle.url.href}')`];
    const run = promisify(execFile)(process.execPath, importIt, {
      env: { NODE_OPTIONS: nodeOptions(settings) },
    });
    const told = Object.hasOwn(pageFunctions, name)
      ? /no built pages in [^]*set BELFRY_SITE_DIRECTORY[^]*functions\/ui\/site\.ts:\d+/
      : /configuration: [^\n]*DATABASE_URL is not set[^]*lib\/config\.ts:\d+/;
    await expect(run).rejects.toMatchObject({ stderr: expect.stringMatching(told) });
  });
});

test('the bundle of the pages has no packages, and less than 20 KB', async () => {
  const { code, metafile } = await buildBundle(pageFunctions.ui.entry, join(directory, 'pages'));
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(Buffer.byteLength(code)).toBeLessThan(20_000);
});

test('the function of the pages contains the built pages, with compressed copies', async () => {
  const output = join(directory, 'with-site');
  for (const command of addSite({ isCompressed: true })(ROOT, output))
    await promisify(execFile)('sh', ['-c', command]);
  const files = globSync('site/**/*', { cwd: output });
  expect(files).toEqual(
    expect.arrayContaining(['site/ui/index.html', 'site/docs/index.html', 'site/docs.md']),
  );
  for (const ending of ['.br', '.gz']) expect(files).toContain(`site/docs.md${ending}`);
});

test('the files for CloudFront are the hashed files of the function, byte for byte', async () => {
  const site = join(directory, 'site-of-function');
  const [command = ''] = addSite({ isCompressed: false })(ROOT, site);
  await promisify(execFile)('sh', ['-c', command]);
  const ofFunction = globSync(
    hashedFolders.map((folder) => `${folder}/*`),
    { cwd: join(site, 'site') },
  );
  const bucket = join(directory, 'bucket');
  const image = DockerImage.fromRegistry('none');
  expect(hashedFilesOf(ROOT).bundling?.local?.tryBundle(bucket, { image })).toBe(true);
  const ofBucket = globSync('**/*', { cwd: bucket, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(bucket, join(entry.parentPath, entry.name)));
  expect(ofBucket.length).toBeGreaterThan(10);
  expect(ofBucket.toSorted()).toEqual(ofFunction.toSorted());
  for (const name of ofBucket) {
    const [copy, original] = await Promise.all(
      [bucket, join(site, 'site')].map((folder) => readFile(join(folder, name))),
    );
    expect([name, copy?.equals(original ?? Buffer.alloc(0))]).toEqual([name, true]);
  }
});

test('the CDK builds the same bundle', async () => {
  const app = new App({ outdir: join(directory, 'cdk.out') });
  const stack = new Stack(app, 'Bundles');
  const { runtime } = new NodejsFunction(stack, 'Worker', {
    entry: join(ROOT, functions.worker.entry),
    projectRoot: ROOT,
    depsLockFilePath: join(ROOT, 'package-lock.json'),
    runtime: Runtime.NODEJS_24_X,
    bundling: { ...bundlingWith(addAuthorities), logLevel: LogLevel.SILENT },
  });
  expect(runtime).toBe(Runtime.NODEJS_24_X);
  app.synth();
  const [file = '', ...others] = globSync(join(directory, 'cdk.out', 'asset.*', 'index.mjs'));
  expect(others).toEqual([]);
  const { code } = await buildBundle(functions.worker.entry, join(directory, 'worker'));
  // Not toBe: a difference would print a megabyte.
  expect((await readFile(file, 'utf8')) === code).toBe(true);
});
