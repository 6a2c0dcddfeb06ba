import type { SigningKey } from '../../api/types.ts';
import { IconButton } from '../../components/icon-button.tsx';
import type { Column } from '../../components/table/columns.ts';
import { Time } from '../../components/time.tsx';
import { KeyStateBadge } from './key-state-badge.tsx';
import * as styles from './keys-screen.module.css';
import { SigningSecret } from './signing-secret.tsx';

type Options = { onRevoke: (key: SigningKey) => void };

export const makeSigningKeyColumns = ({ onRevoke }: Options): readonly Column<SigningKey>[] => [
  { id: 'key', header: 'Key', isRowHeader: true, cell: ({ id }) => `Key ${id}` },
  { id: 'state', header: 'State', cell: (key) => <KeyStateBadge apiKey={key} /> },
  { id: 'created', header: 'Created', from: 'tablet', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'ends',
    header: 'Signs until',
    cell: ({ expiresAt, revokedAt }) => {
      const end = revokedAt ?? expiresAt;
      return end === null ? <span className={styles.quiet}>It is replaced</span> : <Time at={end} />;
    },
  },
  {
    id: 'secret',
    header: 'Secret',
    cell: ({ id, revokedAt }) => (revokedAt === null ? <SigningSecret id={id} /> : '–'),
  },
  {
    id: 'actions',
    header: 'Revoke',
    isFigure: true,
    cell: (key) =>
      key.revokedAt === null && (
        <IconButton icon="trash" label={`Revoke signing key ${key.id}`} onClick={() => onRevoke(key)} />
      ),
  },
];
