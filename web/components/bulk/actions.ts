import type { IconName } from '../icon.tsx';
import { spreadWords } from '../operation/spread-window.tsx';

export const bulkActions = ['pause', 'resume', 'run', 'tag', 'group', 'spread', 'delete'] as const;
export type BulkAction = (typeof bulkActions)[number];

type Words = {
  icon: IconName;
  /** The button. */
  label: string;
  /** The question, followed by the jobs. */
  title: string;
  /** What can be undone, and what not. */
  consequence: string;
  /** The outcome, after the number of jobs. */
  done: string;
  isDangerous: boolean;
};

export const actionWords: Record<BulkAction, Words> = {
  pause: {
    icon: 'paused',
    label: 'Pause',
    title: 'Pause',
    consequence: 'Paused jobs can be resumed. Executions that are due already still run.',
    done: 'paused',
    isDangerous: false,
  },
  resume: {
    icon: 'running',
    label: 'Resume',
    title: 'Resume',
    consequence:
      'Each job runs again from its next time on. Times that passed during the pause are not made up for.',
    done: 'resumed',
    isDangerous: false,
  },
  run: {
    icon: 'executions',
    label: 'Run now',
    title: 'Run',
    consequence:
      'Each job gets one execution, next to its schedule. The rate spreads them: the last ones may leave up to a minute after the operation has ended. A request that has left cannot be taken back.',
    done: 'got a run',
    isDangerous: false,
  },
  tag: {
    icon: 'tag',
    label: 'Tag',
    title: 'Tag',
    consequence: 'Tags change no schedule and no request.',
    done: 'tagged',
    isDangerous: false,
  },
  group: {
    icon: 'right',
    label: 'Move to group',
    title: 'Move',
    consequence: 'Groups change no schedule and no request.',
    done: 'moved',
    isDangerous: false,
  },
  spread: {
    icon: 'calendar',
    label: 'Spread',
    title: 'Spread',
    consequence: spreadWords,
    done: 'spread',
    isDangerous: false,
  },
  delete: {
    icon: 'trash',
    label: 'Delete',
    title: 'Delete',
    consequence: 'Deleted jobs cannot be restored. Their history stays until its retention ends.',
    done: 'deleted',
    isDangerous: true,
  },
};

export const countJobs = (count: number): string =>
  count === 1 ? '1 job' : `${count.toLocaleString('en-US')} jobs`;
