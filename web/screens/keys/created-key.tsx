import { apiRoot } from '../../api/root.ts';
import type { CreatedApiKey } from '../../api/types.ts';
import { Command } from '../../components/command.tsx';

/** A new key, with lines to paste. It is shown this once. */
export const CreatedKey = ({ created: { key, scopes } }: { created: CreatedApiKey }) => {
  const isCalendar = scopes.length === 1 && scopes[0] === 'calendar';
  return (
    <>
      <p>Copy the key now. It is not shown again; only its hash is stored.</p>
      <Command text={key} />
      {isCalendar ? (
        <>
          <p>Subscribe to this address in a calendar. It shows names and times of upcoming executions.</p>
          <Command text={`${new URL('calendar.ics', apiRoot).href}?token=${key}`} />
        </>
      ) : (
        <>
          <p>Send it as a header:</p>
          <Command
            text={`curl -s ${new URL('api/v1/keys/me', apiRoot).href} \\\n  -H "Authorization: Bearer ${key}"`}
          />
        </>
      )}
    </>
  );
};
