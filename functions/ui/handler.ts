import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { hashedFileCaching, isHashed, pageHeaders } from '../../lib/page-files.ts';
import { atRoot, splitPagePath } from '../../lib/page-path.ts';
import { chooseEncoding } from './choose-encoding.ts';
import { contentTypeOf, isText } from './content-types.ts';
import type { Site, SiteFile } from './site.ts';

type Event = Pick<APIGatewayProxyEvent, 'headers' | 'httpMethod' | 'path' | 'resource'> & {
  requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'path' | 'stage'>;
};

/** The place in a page for the path that its relative addresses begin with. The path is known only at the request. */
const BASE = '%BASE%';

/** Makes the function that serves the dashboard and the API reference from built files. */
export function makeHandler(site: Site): (event: Event) => Promise<APIGatewayProxyResult> {
  return async ({ headers, httpMethod, path: given, resource, requestContext }) => {
    if (httpMethod !== 'GET' && httpMethod !== 'HEAD') return refuse(405, { allow: 'GET, HEAD' });
    // The context's path starts with the stage or the base path of a custom domain; the event's path may lack it.
    const asked = requestContext.path || given;
    const place = resource === '/' ? atRoot(asked) : splitPagePath(asked, requestContext.stage);
    if (place === undefined) return refuse(404);
    const { prefix, path } = place;
    if (path === '/') return redirect(`${prefix}/ui/`);
    const name = fileAt(path, site);
    const file = name === undefined ? undefined : site.get(name);
    if (name === undefined || file === undefined) return refuse(404);
    if (name.endsWith('.html'))
      return servePage(file, `${prefix}/${name.slice(0, name.lastIndexOf('/') + 1)}`);
    return serveFile(name, file, acceptedEncodings(headers));
  };
}

/**
 * Finds the file for a path. Names are looked up among the built files, so a path cannot leave them. The dashboard reads
 * the rest of its own paths in the browser.
 */
function fileAt(path: string, site: Site): string | undefined {
  const name = path.replace(/^\//, '').replace(/\/$/, '');
  if (name === 'ui' || name === 'docs') return `${name}/index.html`;
  if (site.has(name)) return name;
  const isOfDashboard = name.startsWith('ui/') && !isHashed(name);
  const last = name.slice(name.lastIndexOf('/') + 1);
  return isOfDashboard && !last.includes('.') ? 'ui/index.html' : undefined;
}

async function servePage(file: SiteFile, base: string): Promise<APIGatewayProxyResult> {
  const page = (await file.read('identity')).toString().replaceAll(BASE, base);
  const headers = { ...pageHeaders, 'content-type': contentTypeOf('.html'), 'cache-control': 'no-store' };
  return { statusCode: 200, headers, body: page };
}

async function serveFile(
  name: string,
  file: SiteFile,
  accepted: string | undefined,
): Promise<APIGatewayProxyResult> {
  const encoding = chooseEncoding(accepted, file.encodings);
  const contentType = contentTypeOf(name);
  const isBase64Encoded = encoding !== 'identity' || !isText(contentType);
  const body = (await file.read(encoding)).toString(isBase64Encoded ? 'base64' : 'utf8');
  return {
    statusCode: 200,
    headers: {
      ...pageHeaders,
      'content-type': contentType,
      'cache-control': isHashed(name) ? hashedFileCaching : 'no-store',
      ...(file.encodings.length > 1 && { vary: 'accept-encoding' }),
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    },
    body,
    isBase64Encoded,
  };
}

/** Finds the header regardless of the case of its name, which differs between clients and gateways. */
function acceptedEncodings(headers: Event['headers']): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'accept-encoding')?.[1];
}

const redirect = (location: string): APIGatewayProxyResult => ({
  statusCode: 302,
  headers: { ...pageHeaders, location, 'cache-control': 'no-store' },
  body: '',
});

const refusals = {
  404: { title: 'Not Found', code: 'NOT_FOUND', detail: 'there is no such page; the dashboard is at ui/' },
  405: {
    title: 'Method Not Allowed',
    code: 'METHOD_NOT_ALLOWED',
    detail: 'pages support only GET and HEAD',
  },
} as const;

const refuse = (
  status: keyof typeof refusals,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode: status,
  headers: {
    ...pageHeaders,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
  },
  body: JSON.stringify({ type: 'about:blank', status, ...refusals[status] }),
});
