/** The part of JSON Schema that the document uses. */
export type Schema = {
  $ref?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object';
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  minProperties?: number;
  maxProperties?: number;
  /** Marks the fields that the server sets; a request need not send them. */
  readOnly?: boolean;
};

const KNOWN = new Set(
  (
    '$ref anyOf enum const type pattern format minLength maxLength minimum maximum items minItems maxItems uniqueItems ' +
    'properties required additionalProperties minProperties maxProperties readOnly ' +
    // These keywords do not affect validity.
    'description default examples title'
  ).split(' '),
);

/**
 * Follows `$ref`s, and throws at a keyword that the generator does not know: the fuzzer would never try to break its rule, and
 * so would not test it.
 */
export function makeResolve(schemas: Readonly<Record<string, Schema>>): (schema: Schema) => Schema {
  return function resolve(schema) {
    if (schema.$ref !== undefined) {
      const target = schemas[schema.$ref.replace('#/components/schemas/', '')];
      if (target === undefined) throw new Error(`the document has no ${schema.$ref}`);
      return resolve(target);
    }
    const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
    if (unknown !== undefined) throw new Error(`the fuzzer does not know the keyword ${unknown}`);
    return schema;
  };
}

export type Resolve = ReturnType<typeof makeResolve>;
