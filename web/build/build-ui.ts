import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { build, type Metafile, type OutputFile } from 'esbuild';
import { FIRST_GROUP, groupImports } from './group-imports.ts';
import { joinStyles } from './join-styles.ts';

const web = join(import.meta.dirname, '..');

/** The part of a path that the server replaces by the address of the page, such as `/ui/` or `/prod/ui/`. */
export const BASE_PLACEHOLDER = '%BASE%';

/** Where the bundle is put together. It is written nowhere. */
const MAIN = 'web/main.tsx';

export type UiBundle = {
  /** The files below `assets/`, whose names change with their content. */
  assets: readonly { name: string; contents: Uint8Array }[];
  /** The scripts that the first screen needs, the entry first. */
  firstScripts: readonly string[];
  /** The one style sheet. */
  style: string;
  metafile: Metafile;
};

/** Bundles the dashboard. It takes about half a second. */
export async function bundleUi(): Promise<UiBundle> {
  const { outputFiles, metafile, warnings } = await build({
    absWorkingDir: join(web, '..'),
    entryPoints: [MAIN],
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox124', 'safari17.5'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [groupImports(web)],
  });
  // A class that a style sheet lacks is only a warning of esbuild.
  if (warnings.length > 0)
    throw new Error(warnings.map(({ text, location }) => `${location?.file}: ${text}`).join('\n'));
  const style = joinedStyle(outputFiles);
  return {
    assets: [...outputFiles.filter(({ path }) => !path.endsWith('.css')).map(toAsset), style],
    firstScripts: findFirstScripts(metafile),
    style: style.name,
    metafile,
  };
}

/** Makes one style sheet: the sheet of the entry, and then the others. */
function joinedStyle(files: readonly OutputFile[]): { name: string; contents: Uint8Array } {
  const sheets = files.filter(({ path }) => path.endsWith('.css'));
  const isFirst = ({ path }: OutputFile): boolean => posix.basename(path).startsWith('main-');
  const ordered = [...sheets.filter(isFirst), ...sheets.filter((sheet) => !isFirst(sheet))];
  const contents = Buffer.from(joinStyles(ordered.map(({ text }) => text)));
  return { name: `style-${hashOf(contents)}.css`, contents };
}

const hashOf = (contents: Uint8Array): string =>
  createHash('sha256').update(contents).digest('hex').slice(0, 8);

const toAsset = ({ path, contents }: OutputFile) => ({ name: posix.basename(path), contents });

/** The entry, the group of screens that most visits begin with, and all chunks that the two import. */
function findFirstScripts({ outputs }: Metafile): string[] {
  const ofEntry = (name: string): string => {
    const path = Object.keys(outputs).find((each) => outputs[each]?.entryPoint === name);
    if (path === undefined) throw new Error(`esbuild made nothing of ${name}`);
    return path;
  };
  const found = new Set([ofEntry(MAIN), ofEntry(FIRST_GROUP)]);
  for (const path of found) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') found.add(next);
    }
  }
  return [...found].map((path) => posix.basename(path));
}

/** Writes the dashboard into a folder: `index.html`, and `assets` with names that change with their content. */
export async function buildUi({ outDirectory }: { outDirectory: string }): Promise<UiBundle> {
  const bundle = await bundleUi();
  const template = await readFile(join(web, 'index.html'), 'utf8');
  const icon = await readFile(join(web, 'icon.svg'));
  const iconName = `icon-${hashOf(icon)}.svg`;
  const [entry = '', ...others] = bundle.firstScripts;
  const head = [
    `<link rel="icon" href="assets/${iconName}" type="image/svg+xml" />`,
    `<link rel="stylesheet" href="assets/${bundle.style}" />`,
    ...others.map((name) => `<link rel="modulepreload" href="assets/${name}" />`),
    `<script type="module" src="assets/${entry}"></script>`,
  ];
  await mkdir(join(outDirectory, 'assets'), { recursive: true });
  const files = [...bundle.assets, { name: iconName, contents: icon }];
  await Promise.all(
    files.map(({ name, contents }) => writeFile(join(outDirectory, 'assets', name), contents)),
  );
  await writeFile(join(outDirectory, 'index.html'), template.replace('<!-- assets -->', head.join('\n    ')));
  return bundle;
}
