import type { ApiKey, SigningKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { useNow } from '../../time/now.ts';
import { stateOfKey } from './key-state.ts';

const looks = {
  VALID: { tone: 'plain', icon: 'success', word: 'Valid' },
  EXPIRED: { tone: 'calm', icon: 'scheduled', word: 'Expired' },
  REVOKED: { tone: 'calm', icon: 'cancelled', word: 'Revoked' },
} as const;

/** Whether a key still counts. */
export const KeyStateBadge = ({
  apiKey,
}: {
  apiKey: Pick<ApiKey | SigningKey, 'expiresAt' | 'revokedAt'>;
}) => {
  const { tone, icon, word } = looks[stateOfKey(apiKey, useNow())];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
};
