import { describeType, fieldsOf, findNames } from './describe-schema.ts';
import type { ApiDocument, Operation, Schema } from './openapi-document.ts';
import { anchorOf, blocks, code, table } from './text.ts';
import { meaningOf, type Placed, resolve, writeOperation } from './write-operation.ts';

const INTRODUCTION = `Every request needs an API key, as \`Authorization: Bearer <key>\` or in the header \`X-API-Key\`, except where an
operation says otherwise. Requests and answers are JSON. Errors are \`application/problem+json\`; programs distinguish
them by \`code\`. Every answer has \`x-request-id\`, which finds the request in the logs. The same API as OpenAPI:
[openapi.json](openapi.json). For people: [docs/](docs/).`;

/** Writes the reference in Markdown: a first page with all operations, and a page for each group of them, by file name. */
export function writePages(document: ApiDocument): Map<string, string> {
  const groups = document.tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  const pages = groups.map(({ name, description, operations }): [string, string] => [
    `docs/${fileOf(name)}`,
    writeGroup({ name, description, operations }, document),
  ]);
  const index = blocks(
    `# ${document.info.title} ${document.info.version}: API reference`,
    document.info.description,
    INTRODUCTION,
    ...groups.map(({ name, description, operations }) =>
      blocks(
        `## ${name}`,
        description,
        table(
          ['operation', 'request'],
          operations.map(({ method, path, operation: { summary } }) => [
            `[${summary}](docs/${fileOf(name)}#${anchorOf(summary)})`,
            code(`${method.toUpperCase()} ${path}`),
          ]),
        ),
      ),
    ),
  );
  return new Map([['docs.md', `${index}\n`], ...pages]);
}

const fileOf = (group: string): string => `${anchorOf(group)}.md`;

function operationsOf({ paths }: ApiDocument, tag: string): Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function writeGroup(
  { name, description, operations }: { name: string; description: string; operations: Placed[] },
  { components }: ApiDocument,
): string {
  const { schemas } = components;
  const used = new Set<string>();
  for (const { operation } of operations)
    for (const schema of schemasOf(operation, components)) findNames(schema, schemas, used);
  const text = blocks(
    `# ${name}`,
    description,
    'All operations: [docs.md](../docs.md).',
    ...operations.map((placed) => writeOperation(placed, components)),
    ...Object.entries(schemas)
      .filter(([schema]) => used.has(schema))
      .map(([schema, definition]) => writeSchema(schema, definition)),
  );
  return `${text}\n`;
}

function schemasOf(
  { requestBody, responses, parameters = [] }: Operation,
  components: ApiDocument['components'],
): Schema[] {
  const contents = [
    requestBody?.content ?? {},
    ...Object.values(responses).map((response) => resolve(response, components).content ?? {}),
  ];
  const inBodies = contents.flatMap((content) =>
    Object.values(content).flatMap(({ schema }) => schema ?? []),
  );
  return [...inBodies, ...parameters.map(({ schema }) => schema)];
}

function writeSchema(name: string, schema: Schema): string {
  const fields = fieldsOf(schema);
  return blocks(
    `## ${name}`,
    schema.description ?? '',
    fields.length === 0 ? `${describeType(schema)}.` : '',
    table(
      ['field', 'type', 'required', 'meaning'],
      fields.map((field) => [
        code(field.name),
        describeType(field.schema),
        field.isRequired ? 'yes' : 'no',
        meaningOf(field.schema),
      ]),
    ),
  );
}
