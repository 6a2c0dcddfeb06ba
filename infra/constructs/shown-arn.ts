import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod';

const partSchema = z.union([
  z.string(),
  z.object({ Ref: z.string() }).transform(({ Ref }) => `<${Ref}>`),
  z
    .object({ 'Fn::Sub': z.string() })
    .transform((part) => part['Fn::Sub'].replaceAll(/\$\{([^}]+)\}/g, '<$1>')),
  z
    .object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform((part) => `<${part['Fn::GetAtt'].join('.')}>`),
]);
const joinSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(partSchema)]) });

/** Returns an ARN as cdk-nag shows it in the ids of its findings, such as `<Bucket.Arn>/*`. */
export function shownArn(scope: IConstruct, arn: string): string {
  const joined = joinSchema.parse(Stack.of(scope).resolve(arn));
  return joined['Fn::Join'][1].join('');
}
