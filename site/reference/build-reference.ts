import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractImages } from './extract-images.ts';

const OWN = fileURLToPath(new URL('./', import.meta.url));
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files that the page names. */
const assets = [
  join(swaggerUi, 'swagger-ui-bundle.js'),
  join(OWN, 'theme.css'),
  join(OWN, 'access.js'),
  join(OWN, 'init.js'),
  join(OWN, '../../web/icon.svg'),
];
/** The licence of Swagger UI requires them next to the copy. */
const notices = ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'];

/** Writes the page with the API reference for people: Swagger UI from its package, without outside hosts. */
export async function buildReference(outDirectory: string): Promise<void> {
  const directory = join(outDirectory, 'assets');
  const licences = join(outDirectory, 'swagger-ui');
  await mkdir(directory, { recursive: true });
  await mkdir(licences, { recursive: true });
  const { styles, images } = extractImages(await readFile(join(swaggerUi, 'swagger-ui.css'), 'utf8'));
  for (const { name, content } of images) await writeFile(join(directory, name), content);
  let page = await readFile(join(OWN, 'page.html'), 'utf8');
  const put = async (name: string, text: string): Promise<void> => {
    const content = withoutSourceMap(text);
    const hashed = withHash(name, content);
    await writeFile(join(directory, hashed), content);
    page = page.replace(`assets/${name}"`, `assets/${hashed}"`);
  };
  await put('swagger-ui.css', styles);
  for (const path of assets) await put(basename(path), await readFile(path, 'utf8'));
  for (const name of notices)
    await copyFile(join(swaggerUi, name), join(licences, name.endsWith('.txt') ? name : `${name}.txt`));
  await writeFile(join(outDirectory, 'index.html'), page);
}

/** Puts a hash of the content into the name, so that browsers can keep the file. */
function withHash(name: string, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}

/** The source maps stay in the package: they are larger than everything else. */
const withoutSourceMap = (content: string): string =>
  content.replace(/\n?(?:\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ ?\*\/)\s*$/, '\n');
