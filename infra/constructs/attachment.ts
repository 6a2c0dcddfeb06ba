import type { Connections } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';

/** What a function needs to use a part of the system. */
export type Attachment = {
  /** The function's variables, as `lib/config.ts` reads them. */
  environment: Record<string, string>;
  /** Gives the function's role the rights it takes, where it takes any. */
  grantUse?: (role: Role) => void;
  /** Where the part listens, on its default port; undefined when no security group is in the way. */
  connections?: Connections;
};
