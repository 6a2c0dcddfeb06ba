import type { BodyValue } from '../../../components/body-field/body-value.ts';
import { hasUnsafeInteger } from '../../../components/body-field/body-value.ts';
import { readOptions, type UsedOption } from './options.ts';
import { splitWords } from './split-words.ts';

export type CurlRequest = {
  method: string;
  url: string;
  headers: { name: string; value: string }[];
  body: BodyValue;
  timeoutMs: number | undefined;
  /** Options that have no field in a job, as they are written. */
  notTaken: string[];
};

type Draft = CurlRequest & { data: string[]; isQuery: boolean; isJson: boolean; isHead: boolean };

/** Reads a curl command, also with the prompt before it. @throws Error with what is wrong. */
export function parseCurl(text: string): CurlRequest {
  const [program, ...words] = splitWords(text.trim().replace(/^[$%] /, ''));
  if (program === undefined || !/(?:^|\/)curl(?:\.exe)?$/.test(program)) {
    throw new Error('The text must begin with curl.');
  }
  const { used, urls, notTaken } = readOptions(words);
  const lost = notTaken.find((option) => /^(?:-F|--form|--form-string|-T|--upload-file) /.test(option));
  if (lost !== undefined)
    throw new Error(
      `${lost} sends files or parts of a form, which a job cannot. Use -d with the whole body.`,
    );
  const draft: Draft = {
    method: '',
    url: '',
    headers: [],
    body: { kind: 'none', text: '' },
    timeoutMs: undefined,
    notTaken,
    data: [],
    isQuery: false,
    isJson: false,
    isHead: false,
  };
  for (const option of used) apply(draft, option, urls);
  const [url, ...otherUrls] = urls;
  if (url === undefined) throw new Error('The command has no URL.');
  draft.notTaken.push(...otherUrls);
  return finish(draft, /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
}

function apply(draft: Draft, { name, value }: UsedOption, urls: string[]): void {
  switch (name) {
    case 'request':
      draft.method = value.toUpperCase();
      return;
    case 'header':
      return addHeader(draft, value);
    case 'user':
      return setHeader(
        draft,
        'Authorization',
        `Basic ${toBase64(value.includes(':') ? value : `${value}:`)}`,
      );
    case 'user-agent':
      return setHeader(draft, 'User-Agent', value);
    case 'referer':
      return setHeader(draft, 'Referer', value);
    case 'cookie':
      if (value.includes('=')) return setHeader(draft, 'Cookie', value);
      draft.notTaken.push(`-b ${value}`);
      return;
    case 'max-time':
      draft.timeoutMs = Math.round(Number(value) * 1_000) || undefined;
      return;
    case 'get':
      draft.isQuery = true;
      return;
    case 'head':
      draft.isHead = true;
      return;
    case 'url':
      urls.push(value);
      return;
    case 'json':
      draft.isJson = true;
      return addData(draft, value, '--json');
    case 'data-raw':
      draft.data.push(value);
      return;
    case 'data-urlencode':
      return addData(draft, urlEncoded(value), '--data-urlencode');
    default:
      addData(draft, value, '-d');
  }
}

/** `@name` stands for a file of the machine. Without the text of it, the request would be another one. */
function addData(draft: Draft, value: string, written: string): void {
  if (value.startsWith('@'))
    throw new Error(
      `${written} ${value} reads a file, which this page cannot. Put the text of the file in the place of ${value}.`,
    );
  draft.data.push(value);
}

function addHeader(draft: Draft, line: string): void {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).trim();
  if (colon < 1 || value === '') draft.notTaken.push(`-H ${line}`);
  else draft.headers.push({ name: line.slice(0, colon).trim(), value });
}

const setHeader = (draft: Draft, name: string, value: string): void => {
  draft.headers.push({ name, value });
};

function urlEncoded(value: string): string {
  const equals = value.indexOf('=');
  if (equals === -1) return value.includes('@') ? value.slice(value.indexOf('@')) : encodeURIComponent(value);
  return `${value.slice(0, equals)}${equals === 0 ? '' : '='}${encodeURIComponent(value.slice(equals + 1))}`;
}

const toBase64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCodePoint(byte)).join(''));

function finish({ data, isQuery, isJson, isHead, ...request }: Draft, url: string): CurlRequest {
  const text = isJson ? data.join('') : data.join('&');
  const has = (name: string): boolean => request.headers.some((header) => header.name.toLowerCase() === name);
  if (data.length === 0 || isQuery) {
    const joined = data.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${text}`;
    return { ...request, url: joined, method: request.method || (isHead ? 'HEAD' : 'GET') };
  }
  const headers = [...request.headers];
  if (!has('content-type')) {
    headers.push({
      name: 'Content-Type',
      value: isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    });
  }
  if (isJson && !has('accept')) headers.push({ name: 'Accept', value: 'application/json' });
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  const kind = /json/i.test(type) && isIntactJson(text) ? 'json' : 'text';
  return { ...request, headers, url, method: request.method || 'POST', body: { kind, text } };
}

/** Whether text is JSON whose numbers survive being read. Otherwise it is sent as it stands. */
function isIntactJson(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined && !hasUnsafeInteger(text);
  } catch {
    return false;
  }
}
