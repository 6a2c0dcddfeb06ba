import * as z from 'zod';
import type { By } from '../../lib/domain/audit-log.ts';

/**
 * The fields that Belfry uses of a request from CloudFormation through the CDK's provider framework. The properties are
 * parsed only when they are needed, because a resource that is being deleted may never have had valid properties.
 */
export const requestSchema = z.discriminatedUnion('RequestType', [
  z.object({
    RequestType: z.enum(['Create', 'Update']),
    StackId: z.string().optional(),
    ResourceProperties: z.object({ Name: z.unknown().optional(), Job: z.unknown().optional() }),
  }),
  z.object({
    RequestType: z.literal('Delete'),
    StackId: z.string().optional(),
    PhysicalResourceId: z.string(),
  }),
]);

const PREFIX = 'belfry-job:';

/**
 * Returns the id of a declared job in CloudFormation. It consists of the key: after a change of the key, CloudFormation sees a
 * new resource and deletes the old one.
 */
export function resourceIdOf(key: string): string {
  return `${PREFIX}${key}`;
}

/** Names the stack in the audit log. Its id is an ARN: `…:stack/<name>/<uuid>`. */
export function byStack({ StackId: stackId = '' }: Pick<z.infer<typeof requestSchema>, 'StackId'>): By {
  return { actor: { type: 'DEPLOYMENT', name: stackId.split('/')[1] ?? null } };
}

/** Returns the key; undefined if the id is not from Belfry, such as the id of a resource whose creation failed. */
export function keyOf(resourceId: string): string | undefined {
  return resourceId.startsWith(PREFIX) ? resourceId.slice(PREFIX.length) : undefined;
}
