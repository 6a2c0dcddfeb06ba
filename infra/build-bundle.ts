import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { esbuildOptions } from './bundling.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

export type Bundle = {
  /** The module that exports `handler`. */
  url: URL;
  code: string;
  sourceMap: string;
  metafile: Metafile;
};

/**
 * Makes a function's bundle in `directory`, like a deployment does. Benchmarks and tests run or measure it.
 *
 * @param entry the function's module, from the repository's root. @throws Error if a module cannot be found or read.
 */
export async function buildBundle(entry: string, directory: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build(esbuildOptions(ROOT, entry));
  await mkdir(directory, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(join(directory, basename(path)), contents);
  const textOf = (name: string): string =>
    outputFiles.find(({ path }) => basename(path) === name)?.text ?? '';
  return {
    url: pathToFileURL(join(directory, 'index.mjs')),
    code: textOf('index.mjs'),
    sourceMap: textOf('index.mjs.map'),
    metafile,
  };
}
