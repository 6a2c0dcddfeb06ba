import type { FailureGroup } from '../api/types.ts';
import { Badge } from './badge.tsx';

const looks = {
  OPEN: { tone: 'warn', icon: 'failures', word: 'Open' },
  IGNORED: { tone: 'calm', icon: 'paused', word: 'Ignored' },
  RESOLVED: { tone: 'good', icon: 'success', word: 'Resolved' },
} as const;

/** What was decided about a group of failures. An open group that was resolved before says so. */
export const FailureStateBadge = ({ group }: { group: Pick<FailureGroup, 'state' | 'resolvedAt'> }) => {
  const { tone, icon, word } = looks[group.state];
  return (
    <Badge tone={tone} icon={icon}>
      {group.state === 'OPEN' && group.resolvedAt !== null ? 'Reopened' : word}
    </Badge>
  );
};
