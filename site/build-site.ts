import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildUi } from '../web/build/build-ui.ts';
import { compressFiles } from './compress-files.ts';
import { keepHashed } from './keep-hashed.ts';
import { readDocument } from './markdown/openapi-document.ts';
import { writePages } from './markdown/write-pages.ts';
import { buildReference } from './reference/build-reference.ts';
import { writeNotices } from './write-notices.ts';

export type SiteOptions = {
  /** The directory of the built files. It is emptied first. */
  outDirectory: string;
  /** True to store compressed copies of files. It takes seconds, and a browser on the same machine gains nothing by it. */
  isCompressed: boolean;
  /** True to write hashed files alone, for a cache in front of the function. @default false */
  isHashedOnly?: boolean;
};

/** Builds the files that the function `ui` serves: the dashboard, the API reference, and the reference in Markdown. */
export async function buildSite({ outDirectory, isCompressed, isHashedOnly }: SiteOptions): Promise<void> {
  await rm(outDirectory, { recursive: true, force: true });
  await mkdir(outDirectory, { recursive: true });
  await Promise.all([
    buildDashboard(join(outDirectory, 'ui')),
    buildReference(join(outDirectory, 'docs')),
    writeMarkdown(outDirectory),
  ]);
  if (isHashedOnly === true) await keepHashed(outDirectory);
  if (isCompressed) await compressFiles(outDirectory);
}

async function buildDashboard(outDirectory: string): Promise<void> {
  const { metafile } = await buildUi({ outDirectory });
  await writeNotices(join(outDirectory, 'licences.txt'), metafile);
}

async function writeMarkdown(outDirectory: string): Promise<void> {
  for (const [name, text] of writePages(readDocument())) {
    const path = join(outDirectory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
