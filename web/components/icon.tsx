import * as styles from './icon.module.css';

/** Paths on a ground of 16 by 16, drawn as lines. */
const paths = {
  bell: 'M8 2.2a3.7 3.7 0 0 0-3.7 3.7v2.7L3 11.3h10l-1.3-2.7V5.9A3.7 3.7 0 0 0 8 2.2ZM6.6 13.4a1.5 1.5 0 0 0 2.8 0',
  jobs: 'M2.5 4h2M2.5 8h2M2.5 12h2M7 4h6.5M7 8h6.5M7 12h6.5',
  executions: 'M1.8 8h3l1.9-4.7L9.6 12.7 11.4 8h2.8',
  overview: 'M2.5 8.5v5h3.4v-5ZM6.3 2.5v11h3.4v-11ZM10.1 5.5v8h3.4v-8Z',
  failures: 'M8 2.3 1.9 13h12.2ZM8 6.4v3M8 11.2v.1',
  calendar: 'M2.5 3.8h11v9.7h-11ZM2.5 6.8h11M5.4 2.2v2.6M10.6 2.2v2.6',
  groups: 'M2.5 2.5h4.6v4.6H2.5ZM8.9 2.5h4.6v4.6H8.9ZM2.5 8.9h4.6v4.6H2.5ZM8.9 8.9h4.6v4.6H8.9Z',
  activity: 'M8 2.3a5.7 5.7 0 1 1-5.4 3.9M8 4.9V8l2.3 1.6M2.2 2.9v3.4h3.4',
  keys: 'M9.8 9.3a3.4 3.4 0 1 1 1-1L13.8 11.3v2.4h-2.6v-1.9H9.5V9.9ZM6.6 6.4v.1',
  docs: 'M3.5 2.5h6l3 3v8h-9ZM9.3 2.7v3h3M5.8 8.5h4.4M5.8 11h4.4',
  success: 'M3.4 8.4 6.5 11.6 12.7 4.6',
  failed: 'M4 4l8 8M12 4l-8 8',
  running: 'M5 3.2v9.6L12.4 8Z',
  retrying: 'M13.2 8A5.2 5.2 0 1 1 11.4 4M11.6 1.8v2.6H9',
  cancelled: 'M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4ZM4.1 4.1l7.8 7.8',
  skipped: 'M3 3.6 8.6 8 3 12.4ZM12.4 3.6v8.8',
  scheduled: 'M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4ZM8 4.8V8l2.2 1.5',
  paused: 'M5.6 3.6v8.8M10.4 3.6v8.8',
  finished: 'M4 2.5v11M4 3.2h8L10.2 6 12 8.8H4',
  search: 'M7 2.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8ZM10.3 10.3l3.2 3.2',
  close: 'M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6',
  down: 'M4 6.2 8 10.2l4-4',
  left: 'M9.8 4 5.8 8l4 4',
  right: 'M6.2 4l4 4-4 4',
  plus: 'M8 3v10M3 8h10',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z',
  trash: 'M2.8 4.2h10.4M6.2 4V2.4h3.6V4M4.2 4.4l.6 9.1h6.4l.6-9.1',
  edit: 'M10.6 2.8l2.6 2.6-7.9 7.9-3.2.6.6-3.2ZM9 4.4 11.6 7',
  tag: 'M2.5 2.5h5.3l5.7 5.7-5.3 5.3-5.7-5.7ZM5.4 5.4v.1',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.6v1M8 13.4v1M1.6 8h1M13.4 8h1M3.5 3.5l.7.7M11.8 11.8l.7.7M12.5 3.5l-.7.7M4.2 11.8l-.7.7',
  moon: 'M13 9.6A5.4 5.4 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z',
  system: 'M2.2 3h11.6v7.8H2.2ZM5.6 13.4h4.8M8 10.9v2.4',
  out: 'M6.4 2.5H2.8v11h3.6M6.4 8h7M10.8 5.2 13.6 8l-2.8 2.8',
  menu: 'M2.5 4.2h11M2.5 8h11M2.5 11.8h11',
  more: 'M3.4 8v.1M8 8v.1M12.6 8v.1',
} as const;

export type IconName = keyof typeof paths;

/** An icon next to a word that says the same, so readers of the screen skip it. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className={styles.icon} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
