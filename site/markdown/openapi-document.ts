import { openApiJson } from '../../lib/api/openapi.ts';

/** The parts of JSON Schema that Belfry's document uses. */
export type Schema = {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  uniqueItems?: boolean;
};

type Content = Record<
  string,
  { schema?: Schema; examples?: Record<string, { summary?: string; value: unknown }> }
>;

export type Parameter = {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: Schema;
};
export type Response = {
  $ref?: string;
  description?: string;
  headers?: Record<string, { description?: string; schema?: Schema }>;
  content?: Content;
};

export type Operation = {
  tags: string[];
  operationId: string;
  summary: string;
  description?: string;
  /** Empty for an operation that needs no key; missing for all others. */
  security?: [];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, Response>;
};

export type ApiDocument = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
};

/** Reads the API's OpenAPI document, which is the only source of these pages. */
export function readDocument(): ApiDocument {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Belfry generates it, and a test checks that it is OpenAPI
  return JSON.parse(openApiJson()) as ApiDocument;
}
