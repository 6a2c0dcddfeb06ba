import type { FailureGroup } from '../api/types.ts';
import { Badge } from './badge.tsx';
import { causeWords } from './cause-words.ts';

/** Why executions of a group fail. Its title has the code of the API. */
export const CauseBadge = ({ group }: { group: Pick<FailureGroup, 'reason' | 'statusCode'> }) => (
  <span title={group.reason ?? undefined}>
    <Badge tone="bad" icon="failures">
      {causeWords(group)}
    </Badge>
  </span>
);
