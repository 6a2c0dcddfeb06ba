import type { ApiKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Labels } from '../../components/labels.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { KeyStateBadge } from './key-state-badge.tsx';
import { LastUsed } from './last-used.tsx';
import * as styles from './keys-screen.module.css';

type Options = { ownId: number; onRevoke: (key: ApiKey) => void };

export const makeKeyColumns = ({ ownId, onRevoke }: Options): readonly Column<ApiKey>[] => [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: ({ id, name }) => (
      <span className={styles.name}>
        <span title={name}>{name}</span>
        {id === ownId && <Badge tone="busy">Yours</Badge>}
      </span>
    ),
  },
  { id: 'state', header: 'State', cell: (key) => <KeyStateBadge apiKey={key} /> },
  { id: 'scopes', header: 'Scopes', cell: ({ scopes }) => <Labels group={null} tags={scopes} /> },
  {
    id: 'expires',
    header: 'Expires',
    from: 'tablet',
    cell: ({ expiresAt }) =>
      expiresAt === null ? <span className={styles.quiet}>Never</span> : <Time at={expiresAt} />,
  },
  {
    id: 'rate',
    header: 'Rate',
    isFigure: true,
    from: 'laptop',
    cell: ({ rateLimitPerSecond }) =>
      rateLimitPerSecond === null ? '–' : `${rateLimitPerSecond.toLocaleString('en-US')}/s`,
  },
  { id: 'created', header: 'Created', from: 'laptop', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'used', header: 'Last used', from: 'tablet', cell: (key) => <LastUsed apiKey={key} /> },
  {
    id: 'actions',
    header: 'Revoke',
    isFigure: true,
    cell: (key) =>
      key.revokedAt === null && (
        <IconButton icon="trash" label={`Revoke ${key.name}`} onClick={() => onRevoke(key)} />
      ),
  },
];
