import type { FailureGroup } from '../api/types.ts';
import { Badge } from './badge.tsx';

const looks = {
  OPEN: { tone: 'warn', icon: 'scheduled', word: 'Open' },
  IGNORED: { tone: 'calm', icon: 'paused', word: 'Ignored' },
  RESOLVED: { tone: 'good', icon: 'success', word: 'Resolved' },
} as const;

/** What was decided about a group of failures. An open group that was resolved before says so. */
export const FailureStateBadge = ({ group }: { group: Pick<FailureGroup, 'state' | 'resolvedAt'> }) => {
  if (group.state === 'OPEN' && group.resolvedAt !== null)
    return (
      <Badge tone="warn" icon="retrying">
        Reopened
      </Badge>
    );
  const { tone, icon, word } = looks[group.state];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
};
