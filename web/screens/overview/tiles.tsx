import { Link, type LinkProps } from '@tanstack/react-router';
import type { QueueStats, Stats } from '../../api/types.ts';
import { classNames } from '../../components/class-names.ts';
import { formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import type { Counted } from './headline.ts';
import * as styles from './tiles.module.css';

type Props = {
  /** Each is undefined while it is read. */
  queue: QueueStats | undefined;
  day: Stats | undefined;
  failing: Counted | undefined;
  paused: Counted | undefined;
};

const shown = (counted: Counted | undefined): string | undefined =>
  counted && `${formatCount(counted.count)}${counted.isCapped ? '+' : ''}`;

/** The due executions. After a downtime, the queue may not have them yet: only the age of the oldest one tells of them. */
const dueWords = ({ ready, oldestDueAgeSeconds }: QueueStats): string =>
  ready === 0 && oldestDueAgeSeconds >= 1 ? '1+' : formatCount(ready);

/** The numbers that say whether something needs a person. Each leads to what it counts. */
export const Tiles = ({ queue, day, failing, paused }: Props) => {
  const ended = day?.total.executions;
  const age = queue?.oldestDueAgeSeconds ?? 0;
  return (
    <ul className={styles.tiles} aria-label="Numbers">
      <Tile
        label="Due now"
        figure={queue && dueWords(queue)}
        note={age < 1 ? 'none waits' : `oldest ${formatDuration(age * 1_000)}`}
        link={{ to: '/overview', hash: 'next', search: (search: object) => search }}
      />
      <Tile
        label="Running"
        figure={queue && formatCount(queue.processing)}
        note="requests out"
        link={{ to: '/executions', search: { status: 'RUNNING' } }}
      />
      <Tile
        label="Retrying"
        figure={queue && formatCount(queue.retrying)}
        note="wait for a retry"
        link={{ to: '/executions', search: { status: 'RETRYING' } }}
      />
      <Tile
        label="Failed, 24 h"
        figure={ended && formatCount(ended.failed)}
        note={
          failing === undefined ? '' : `${shown(failing)} ${failing.count === 1 ? 'job' : 'jobs'} failing`
        }
        isBad={(ended?.failed ?? 0) > 0}
        link={{ to: '/failures' }}
      />
      <Tile
        label="Skipped, 24 h"
        figure={ended && formatCount(ended.skipped)}
        note="missed, and not run"
        isBad={(ended?.skipped ?? 0) > 0}
        link={{ to: '/executions', search: { status: 'SKIPPED' } }}
      />
      <Tile
        label="Paused by failures"
        figure={shown(paused)}
        note={paused?.count === 1 ? 'job' : 'jobs'}
        isBad={(paused?.count ?? 0) > 0}
        link={{ to: '/jobs', search: { state: 'PAUSED_BY_FAILURES' } }}
      />
    </ul>
  );
};

type TileProps = {
  label: string;
  figure: string | undefined;
  note: string;
  isBad?: boolean;
  link: LinkProps;
};

const Tile = ({ label, figure, note, isBad = false, link }: TileProps) => (
  <li>
    <Link {...link} className={styles.tile}>
      <span className={styles.label}>{label}</span>
      <span className={classNames(styles.figure, isBad && styles.bad)}>{figure ?? '–'}</span>
      <span className={styles.note}>{note}</span>
    </Link>
  </li>
);
