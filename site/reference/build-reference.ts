import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN = fileURLToPath(new URL('./', import.meta.url));
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of the page. Their names get a hash of their content, so that browsers can keep them. */
const assets = [
  join(swaggerUi, 'swagger-ui.css'),
  join(swaggerUi, 'swagger-ui-bundle.js'),
  join(OWN, 'theme.css'),
  join(OWN, 'init.js'),
];
/** They go with the copy of Swagger UI, as its licence demands. */
const notices = ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'];

/** Writes the page with the API reference for people: Swagger UI from its package, without outside hosts. */
export async function buildReference(outDirectory: string): Promise<void> {
  const assetsDirectory = join(outDirectory, 'assets');
  const licences = join(outDirectory, 'swagger-ui');
  await mkdir(assetsDirectory, { recursive: true });
  await mkdir(licences, { recursive: true });
  let page = await readFile(join(OWN, 'page.html'), 'utf8');
  for (const path of assets) {
    const name = path.slice(dirname(path).length + 1);
    const content = withoutSourceMap(await readFile(path, 'utf8'));
    const hashed = withHash(name, content);
    await writeFile(join(assetsDirectory, hashed), content);
    page = page.replace(`assets/${name}"`, `assets/${hashed}"`);
  }
  for (const name of notices)
    await copyFile(join(swaggerUi, name), join(licences, name.endsWith('.txt') ? name : `${name}.txt`));
  await writeFile(join(outDirectory, 'index.html'), page);
}

function withHash(name: string, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}

/** The source maps stay in the package: they are larger than everything else. */
const withoutSourceMap = (content: string): string =>
  content.replace(/\n?(?:\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ ?\*\/)\s*$/, '\n');
