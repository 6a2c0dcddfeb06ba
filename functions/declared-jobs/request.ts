import * as z from 'zod';

/**
 * What the CDK's provider framework hands on of a request by CloudFormation; there is more in it. What the properties
 * hold is looked at when they are needed: whoever deletes a resource may have properties that were never right.
 */
export const requestSchema = z.discriminatedUnion('RequestType', [
  z.object({
    RequestType: z.enum(['Create', 'Update']),
    ResourceProperties: z.object({ Name: z.unknown().optional(), Job: z.unknown().optional() }),
  }),
  z.object({ RequestType: z.literal('Delete'), PhysicalResourceId: z.string() }),
]);

const PREFIX = 'belfry-job:';

/**
 * A declared job's id with CloudFormation. It goes by the name alone: another name is another resource to CloudFormation,
 * which then deletes the one before.
 */
export function resourceIdOf(name: string): string {
  return `${PREFIX}${name}`;
}

/** The name; undefined when the id is not one of ours, as that of a resource whose creation failed. */
export function nameOf(resourceId: string): string | undefined {
  return resourceId.startsWith(PREFIX) ? resourceId.slice(PREFIX.length) : undefined;
}
