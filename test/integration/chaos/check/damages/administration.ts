import type { AskedAdministration, Journal } from '../../../../chaos/journal/types.ts';
import type { Damage } from './change-journal.ts';

const KEYS = 'acknowledged-keys-exist';
const REDRIVES = 'redrives-count';

const withAdministration =
  (changes: Partial<AskedAdministration>) =>
  (journal: Journal): Journal => ({ ...journal, administration: { ...journal.administration, ...changes } });

/** Keys, and the repetition of failures. */
export const administration: Damage[] = [
  ['a signing key that is missing', KEYS, withAdministration({ signingKeys: [{ id: 3, isRevoked: false }] })],
  [
    'a signing key that was revoked and still signs',
    KEYS,
    withAdministration({ signingKeys: [{ id: 2, isRevoked: true }] }),
  ],
  ['an API key that is missing', KEYS, withAdministration({ apiKeys: [{ id: 3, isRevoked: false }] })],
  [
    'an API key that was revoked and is still accepted',
    KEYS,
    withAdministration({ apiKeys: [{ id: 2, isRevoked: true }] }),
  ],
  [
    'redrives that count an execution too many',
    REDRIVES,
    withAdministration({ redrives: [{ jobIds: [81], operationIds: [8, 9] }] }),
  ],
];
