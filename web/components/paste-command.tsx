import { useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { toCommand } from '../api/command.ts';
import { ownKeyQuery } from '../api/queries.ts';
import type { CommandRequest } from '../base/write-command.ts';
import { Command } from './command.tsx';
import * as styles from './paste-command.module.css';

/** The run on one machine keeps its admin key in a file. */
const READ_KEY = 'BELFRY_KEY=$(cat .local/api-key)\n';

/** A request to paste into a terminal. `children` says what it does, such as `Create a job:`. */
export const PasteCommand = ({ request, children }: { request: CommandRequest; children: ReactNode }) => {
  const { deployment } = useSuspenseQuery(ownKeyQuery).data;
  const isLocal = deployment === null;
  return (
    <div className={styles.paste}>
      <p className={styles.note}>
        {children}{' '}
        {isLocal ? (
          'Paste this into a terminal, in the directory of Belfry.'
        ) : (
          <>
            Paste this into a terminal. <code>$BELFRY_KEY</code> is an API key that may write.
          </>
        )}
      </p>
      <Command text={`${isLocal ? READ_KEY : ''}${toCommand(request)}`} />
    </div>
  );
};
