/** A request with a body that a page shows. */
export type RequestExample = {
  page: string;
  method: string;
  /** In the document's form: `/api/v1/jobs/{id}`. */
  path: string;
  /** JSON. */
  body: string;
};

const CURL_WITH_BODY = /curl\s[^\n]*?(\/api\/v1\/[^\s"'?]*)([^\n]*?)\s(?:-d|--data|--json)\s+'([^']*)'/g;

/**
 * Lists the requests with a body that a Markdown page sends with curl.
 *
 * @param paths of the document. @throws Error for a request to a path that is not among them.
 */
export function findExamples(page: string, markdown: string, paths: readonly string[]): RequestExample[] {
  return [...markdown.matchAll(CURL_WITH_BODY)].map(([command, shown = '', , body = '']) => {
    // A path without a parameter takes precedence over one with a parameter.
    const path = paths.includes(shown) ? shown : paths.find((known) => matches(known, shown));
    if (path === undefined) throw new Error(`${page}: curl calls ${shown}, which the document does not have`);
    const [, method = 'POST'] = /\s(?:-X|--request)\s+([A-Z]+)\b/.exec(command) ?? [];
    return { page, method: method.toLowerCase(), path, body };
  });
}

const matches = (known: string, shown: string): boolean =>
  new RegExp(`^${known.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(shown);

/** Writes a TypeScript module that compiles if each body has its type in `openapi.d.ts`. */
export function writeExamples(examples: readonly RequestExample[]): string {
  const constants = examples.map(
    ({ page, method, path, body }, index) =>
      `// ${page}\nexport const example${index}: BodyOf<'${path}', '${method}'> = ${body};\n`,
  );
  return `import type { paths } from './openapi.js';

type BodyOf<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  requestBody: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

${constants.join('\n')}`;
}
