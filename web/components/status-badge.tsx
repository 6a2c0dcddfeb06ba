import type { Attempt, Execution } from '../api/types.ts';
import { Badge, type Tone } from './badge.tsx';
import type { IconName } from './icon.tsx';

type Status = Execution['status'] | Attempt['status'];

const looks: Record<Status, { tone: Tone; icon: IconName; word: string }> = {
  SCHEDULED: { tone: 'calm', icon: 'scheduled', word: 'Scheduled' },
  RUNNING: { tone: 'busy', icon: 'running', word: 'Running' },
  RETRYING: { tone: 'warn', icon: 'retrying', word: 'Retrying' },
  SUCCESS: { tone: 'plain', icon: 'success', word: 'Succeeded' },
  FAILED: { tone: 'bad', icon: 'failed', word: 'Failed' },
  CANCELLED: { tone: 'calm', icon: 'cancelled', word: 'Cancelled' },
  SKIPPED: { tone: 'warn', icon: 'skipped', word: 'Skipped' },
  UNKNOWN: { tone: 'warn', icon: 'failures', word: 'Unknown' },
};

export const statusWords = (status: Status): string => looks[status].word;

/** The status of an execution or of an attempt. */
export const StatusBadge = ({ status }: { status: Status }) => {
  const { tone, icon, word } = looks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
};
