import { describeType, nameOf } from './describe-schema.ts';
import type { ApiDocument, Operation, Parameter, Response, Schema } from './openapi-document.ts';
import { blocks, code, jsonBlock, table } from './text.ts';

/** An operation with its place in the document. */
export type Placed = { method: string; path: string; operation: Operation };

/** Headers that every answer has; the first page describes them. */
const COMMON_HEADERS = new Set(['x-request-id', 'ratelimit', 'ratelimit-policy', 'www-authenticate']);

/** Writes the part of a page about one operation. */
export function writeOperation(
  { method, path, operation }: Placed,
  components: ApiDocument['components'],
): string {
  const { summary, description = '', security, parameters = [], requestBody, responses } = operation;
  return blocks(
    `## ${summary}`,
    code(`${method.toUpperCase()} ${path}`),
    [description, security === undefined ? '' : 'Needs no key.'].join(' ').trim(),
    parameters.length === 0 ? '' : 'Parameters:',
    table(['name', 'in', 'type', 'required', 'meaning'], parameters.map(parameterRow)),
    requestBody === undefined ? '' : writeBody(requestBody),
    'Answers:',
    table(
      ['status', 'meaning', 'body', 'headers'],
      Object.entries(responses).map(([status, response]) => answerRow(status, resolve(response, components))),
    ),
  );
}

const parameterRow = ({ in: place, name, required = false, description, schema }: Parameter): string[] => [
  code(name),
  place,
  describeType(schema),
  required ? 'yes' : 'no',
  meaningOf(schema, description),
];

/** Returns the description of a field, with its default and its examples. */
export function meaningOf(schema: Schema, description = schema.description ?? ''): string {
  const parts = [
    description,
    schema.default === undefined ? '' : `The default is ${code(schema.default)}.`,
    schema.examples === undefined ? '' : `Examples: ${schema.examples.map(code).join(', ')}.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function writeBody({ required = false, content }: NonNullable<Operation['requestBody']>): string {
  return blocks(
    ...Object.entries(content).map(([type, { schema, examples = {} }]) =>
      blocks(
        `Body (${code(type)}, ${required ? 'required' : 'optional'}): ${schema === undefined ? 'any' : describeType(schema)}.`,
        ...Object.values(examples).map(
          ({ summary = 'Example', value }) => `${summary}:\n\n${jsonBlock(value)}`,
        ),
      ),
    ),
  );
}

export function resolve(response: Response, { responses }: ApiDocument['components']): Response {
  return response.$ref === undefined ? response : (responses[nameOf(response.$ref)] ?? {});
}

function answerRow(status: string, { description = '', content = {}, headers = {} }: Response): string[] {
  const bodies = Object.entries(content).map(([type, { schema }]) =>
    schema === undefined ? code(type) : `${code(type)} ${describeType(schema)}`,
  );
  const own = Object.keys(headers).filter((name) => !COMMON_HEADERS.has(name));
  return [status, description, bodies.join(' or ') || 'none', own.map(code).join(', ')];
}
