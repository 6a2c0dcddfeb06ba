import type { Connections } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';

/** The variables, rights and connections that a function needs to use a part of the system. */
export type Attachment = {
  /** The function's variables, as `lib/config.ts` reads them. */
  environment: Record<string, string>;
  /** Grants the function's role the rights that the part requires, if any. */
  grantUse?: (role: Role) => void;
  /** Security groups and default port of the part; undefined if no security group protects it. */
  connections?: Connections;
};
