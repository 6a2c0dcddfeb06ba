import type { IconName } from '../../components/icon.tsx';

export type NavEntry = {
  to: '/overview' | '/jobs' | '/executions' | '/failures' | '/calendar' | '/groups' | '/activity' | '/keys';
  label: string;
  icon: IconName;
  /** The shortcut, after `g`. */
  key: string;
  /** The scope without which the entry does not show. */
  scope: 'read' | 'admin';
};

/** The screens, in the order of the navigation. */
export const navEntries: readonly NavEntry[] = [
  { to: '/overview', label: 'Overview', icon: 'overview', key: 'o', scope: 'read' },
  { to: '/jobs', label: 'Jobs', icon: 'jobs', key: 'j', scope: 'read' },
  { to: '/executions', label: 'Executions', icon: 'executions', key: 'e', scope: 'read' },
  { to: '/failures', label: 'Failures', icon: 'failures', key: 'f', scope: 'read' },
  { to: '/calendar', label: 'Calendar', icon: 'calendar', key: 'c', scope: 'read' },
  { to: '/groups', label: 'Groups and hosts', icon: 'groups', key: 'h', scope: 'read' },
  { to: '/activity', label: 'Activity', icon: 'activity', key: 'a', scope: 'admin' },
  { to: '/keys', label: 'Keys', icon: 'keys', key: 'k', scope: 'admin' },
];
