import type { Schema } from './openapi-document.ts';
import { anchorOf, code } from './text.ts';

/** A field of a schema, or a field of an object inside of it, such as `retry.initialMs`. */
export type Field = { name: string; schema: Schema; isRequired: boolean };

export const nameOf = ($ref: string): string => $ref.slice($ref.lastIndexOf('/') + 1);

/** Describes a type with its bounds, such as `integer, 0 to 100`. Named schemas are links. */
export function describeType(schema: Schema): string {
  if (schema.$ref !== undefined) return `[${nameOf(schema.$ref)}](#${anchorOf(nameOf(schema.$ref))})`;
  const choices = alternativesOf(schema);
  if (choices.length > 0) return [...new Set(choices.map(describeType))].join(' or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.allOf !== undefined) return schema.allOf.map(describeType).join(' and ');
  const [base, ...bounds] = [plainType(schema), ...boundsOf(schema)].filter((part) => part !== '');
  return [base ?? 'any JSON value', ...bounds].join(', ');
}

function plainType({ type, format, items, title, additionalProperties }: Schema): string {
  if (type === 'array') return items === undefined ? 'array' : `array of (${describeType(items)})`;
  if (type === 'object' && typeof additionalProperties === 'object')
    return `object with values of type ${describeType(additionalProperties)}`;
  if (type === 'object' && title !== undefined) return `object "${title}"`;
  return [type ?? '', format === undefined ? '' : `(${format})`].filter((part) => part !== '').join(' ');
}

const SAFE = Number.MAX_SAFE_INTEGER;

function boundsOf(schema: Schema): string[] {
  return [
    range(schema.minimum, schema.maximum === SAFE ? undefined : schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    range(schema.minProperties, schema.maxProperties, ' fields'),
    schema.uniqueItems === true ? 'without duplicates' : '',
  ];
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  const text = (value: number): string => value.toLocaleString('en-US');
  if (min === undefined) return max === undefined ? '' : `at most ${text(max)}${unit}`;
  return max === undefined ? `at least ${text(min)}${unit}` : `${text(min)} to ${text(max)}${unit}`;
}

const alternativesOf = ({ anyOf, oneOf }: Schema): Schema[] => anyOf ?? oneOf ?? [];

/** Lists the fields of an object, each followed by the fields of objects inside of it that have no name of their own. */
export function fieldsOf(schema: Schema, inside = ''): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = `${inside}${key}`;
    return [{ name, schema: field, isRequired: required.has(key) }, ...innerFields(field, name)];
  });
}

function innerFields(schema: Schema, name: string): Field[] {
  if (schema.items !== undefined) return innerFields(schema.items, `${name}[]`);
  if (typeof schema.additionalProperties === 'object')
    return innerFields(schema.additionalProperties, `${name}.*`);
  return [
    ...fieldsOf(schema, `${name}.`),
    ...alternativesOf(schema).flatMap((one) => innerFields(one, name)),
  ];
}

/** Finds the names of the schemas that a schema refers to, at any depth. */
export function findNames(
  schema: Schema | undefined,
  named: Record<string, Schema>,
  found = new Set<string>(),
): Set<string> {
  if (schema === undefined) return found;
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    if (found.has(name)) return found;
    found.add(name);
    return findNames(named[name], named, found);
  }
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...alternativesOf(schema),
    ...(schema.allOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  for (const one of inner) findNames(one, named, found);
  return found;
}
