import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { makeOpenApiDocument } from '../../lib/api/openapi.ts';

type Document = ReturnType<typeof makeOpenApiDocument>;
type Paths = NonNullable<Document['paths']>;
type Operation = NonNullable<Paths[string]['get']>;
type Response = { $ref?: string; content?: Record<string, unknown> };

/** Violations of the document by one response; `body` is a string, empty when there is none. */
export type ResponseCheck = (
  method: string,
  path: string,
  status: number,
  contentType: string | undefined,
  body: string,
) => string[];

const PROBLEM = 'application/problem+json';

/**
 * Checks responses against the document. An undocumented path may only be answered 404, an undocumented method 405, both
 * as a Problem; every other path, status, media type or field that is not documented is a violation.
 */
export function makeResponseCheck(document: Document): ResponseCheck {
  // Not strict, because the whole document is not a JSON Schema. It only contains the targets of the $refs of schemas.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');

  const violations = (pointer: string, body: string): string[] => {
    const validate = ajv.getSchema(`openapi#${pointer}`);
    if (validate === undefined) return [`no schema at ${pointer}`];
    const value = parse(body);
    if (value === undefined) return [`not JSON: ${body.slice(0, 100)}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath || '/', message, JSON.stringify(params)].join(' '),
    );
  };

  const undocumented = (expected: number, status: number, contentType: string | undefined, body: string) => [
    ...(status === expected ? [] : [`is not documented, and answered ${status} instead of ${expected}`]),
    ...(contentType === PROBLEM ? [] : [`is not ${PROBLEM}`]),
    ...violations('/components/schemas/Problem', body),
  ];

  return (method, path, status, contentType, body) => {
    const label = (text: string) => `${method} ${path} ${status}: ${text}`;
    const found = findOperation(document.paths ?? {}, method, path);
    if (found === 'no path') return undocumented(404, status, contentType, body).map(label);
    if (found === 'no method') return undocumented(405, status, contentType, body).map(label);

    const at = locateResponse(document, found, status);
    if (at === undefined) return [label('the status is not documented')];
    const { content } = at.response;
    if (content === undefined) return body === '' ? [] : [label('has a body, and none is documented')];
    const mediaType = contentType?.split(';')[0]?.trim() ?? '';
    if (!Object.hasOwn(content, mediaType)) return [label(`the type "${mediaType}" is not documented`)];
    // Any text is a string. Its own tests check more.
    if (!mediaType.endsWith('json')) return [];
    return violations(`${at.pointer}/content/${pointerPart(mediaType)}/schema`, body).map(label);
  };
}

type Found = { pointer: string; operation: Operation };

function findOperation(paths: Paths, method: string, path: string): Found | 'no path' | 'no method' {
  const plain = path.replace(/\?.*$/, '').replace(/(.)\/$/, '$1');
  const matches = Object.entries(paths).filter(([template]) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  if (matches.length === 0) return 'no path';
  // HEAD has the documentation of GET; the gateway removes the body.
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  // A path without a parameter takes precedence over one with a parameter.
  const [[template, item] = ['', {}]] = matches.sort(
    ([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')),
  );
  const operation: Operation | undefined = Object.entries(item).find(([key]) => key === verb)?.[1];
  return operation === undefined
    ? 'no method'
    : { operation, pointer: `/paths/${pointerPart(template)}/${verb}` };
}

function locateResponse(
  document: Document,
  { operation, pointer }: Found,
  status: number,
): { pointer: string; response: Response } | undefined {
  const response: Response | undefined = operation.responses?.[String(status)];
  if (response?.$ref === undefined) {
    return response && { pointer: `${pointer}/responses/${status}`, response };
  }
  const name = response.$ref.replace('#/components/responses/', '');
  const shared: Response | undefined = document.components?.responses?.[name];
  return shared && { pointer: `/components/responses/${name}`, response: shared };
}

const pointerPart = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
