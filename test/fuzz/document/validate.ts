import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import type { Schema } from './schema.ts';

/** Returns each violation of a schema of the document as `/pointer keyword`; an empty list for a valid value. */
export type Violations = (schema: Schema, value: unknown) => string[];

/** Validates against the document's schemas independently: not with the library that the API uses for requests. */
export function makeViolations(document: ReturnType<typeof makeOpenApiDocument>): Violations {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const pointers = new WeakMap<Schema, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    let validate = pointers.get(schema);
    if (validate === undefined) {
      const { $ref, ...rest } = schema;
      validate = ajv.compile($ref === undefined ? absolute(rest) : { $ref: `openapi${$ref}` });
      pointers.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath || '/'} ${keyword}`);
  };
}

/** Makes the `$ref`s of an extracted schema point into the document. */
function absolute(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));
}
