import { apiRoot } from '../../api/root.ts';
import { Button } from '../../components/button.tsx';
import { Command } from '../../components/command.tsx';
import { EmptyState } from '../../components/empty-state.tsx';

const example = `curl -s ${new URL('api/v1/jobs', apiRoot).href} \\
  -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  -d '{"name": "hello", "schedule": "@every 10s", "api": "https://example.com/hello"}'`;

/** An empty list: either nothing fits the filter, or there is no job yet. */
export const NoJobs = ({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) =>
  isFiltered ? (
    <EmptyState icon="search" title="No job fits the filter">
      <Button onClick={onClear}>Clear the filter</Button>
    </EmptyState>
  ) : (
    <EmptyState icon="jobs" title="There is no job yet">
      <p>Create the first one. It shows here within seconds.</p>
      <Command text={example} />
    </EmptyState>
  );
