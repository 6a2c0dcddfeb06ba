import type * as z from 'zod';
import { deploySecretsSchema, generalSchema, hibernateSchema } from '../../lib/config.ts';
import { callbacksSchema } from '../../lib/config/callbacks.ts';
import { commonSchema } from '../../lib/config/common.ts';
import { corsSchema } from '../../lib/config/cors.ts';
import { dataKeysFileSchema, dataKeysSecretSchema } from '../../lib/config/data-keys.ts';
import { databasePartsSchema, databaseUrlSchema } from '../../lib/config/database.ts';
import { outgoingSchema } from '../../lib/config/outgoing.ts';
import { rateLimitSchema } from '../../lib/config/rate-limit.ts';
import { redisSchema } from '../../lib/config/redis.ts';
import { variableFacts, type VariableFacts } from '../../lib/config/variables.ts';
import { localSchema } from '../../local/settings.ts';

export type Variable = VariableFacts & { name: string };
type Schema = z.ZodPipe<z.ZodObject>;

/** The schemas of the variables that functions read, by their heading on the page. */
const functionGroups: Record<string, Schema[]> = {
  'Work and history': [generalSchema],
  Reports: [callbacksSchema],
  'The API': [rateLimitSchema, corsSchema],
  'Outgoing requests': [outgoingSchema],
  PostgreSQL: [databaseUrlSchema, databasePartsSchema],
  Redis: [redisSchema({})],
  Secrets: [dataKeysSecretSchema, dataKeysFileSchema, deploySecretsSchema],
  Hibernation: [hibernateSchema],
  'Region, name and logs': [commonSchema],
};

/** Lists the described variables of each heading. A variable that a schema only forbids has no description, and is left out. */
export function readGroups(): [heading: string, variables: Variable[]][] {
  return Object.entries(functionGroups).map(([heading, schemas]) => [heading, schemas.flatMap(variablesOf)]);
}

export const readLocalVariables = (): Variable[] => variablesOf(localSchema);

/** Lists the names of variables that no schema describes. */
export function findUndescribed(): string[] {
  const schemas = [...Object.values(functionGroups).flat(), localSchema];
  const described = new Set(schemas.flatMap(variablesOf).map(({ name }) => name));
  return schemas.flatMap((schema) => Object.keys(schema.in.shape)).filter((name) => !described.has(name));
}

function variablesOf(schema: Schema): Variable[] {
  return Object.entries(schema.in.shape).flatMap(([name, field]) => {
    const facts = variableFacts.get(field);
    return facts === undefined ? [] : [{ name, ...facts }];
  });
}
