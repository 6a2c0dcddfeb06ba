import type { ApiKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../time/now.ts';
import { isForgotten, stateOfKey } from './key-state.ts';
import * as styles from './keys-screen.module.css';

/** When a key was used last. A powerful key that has not been used for long is marked. */
export const LastUsed = ({ apiKey }: { apiKey: ApiKey }) => {
  const now = useNow();
  return (
    <span className={styles.secret}>
      {apiKey.lastUsedAt === null ? (
        <span className={styles.quiet}>Not yet</span>
      ) : (
        <Time at={apiKey.lastUsedAt} />
      )}
      {stateOfKey(apiKey, now) === 'VALID' && isForgotten(apiKey, now) && (
        <Badge tone="warn" icon="failures">
          Admin, unused
        </Badge>
      )}
    </span>
  );
};
