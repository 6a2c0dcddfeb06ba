import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { latestFailureQuery } from './queries.ts';
import type { FailureSpan, FailuresSearch } from './search.ts';

const spanWords: Record<FailureSpan, string> = { '24h': '24 h', '7d': '7 d', '30d': '30 d' };

type Props = {
  search: FailuresSearch;
  onClear: () => void;
  /** Looks at 30 days. */
  onWiden: () => void;
};

/** Nothing failed in the span. It says when something failed last. */
export const NoFailures = ({ search: { within = '24h', state }, onClear, onWiden }: Props) => {
  const { data } = useQuery(latestFailureQuery);
  const last = data?.items[0]?.lastFailedAt;
  if (state !== undefined) {
    return (
      <EmptyState icon="search" title={`No ${state.toLowerCase()} cause in ${spanWords[within]}`}>
        <Button onClick={onClear}>Show all states</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="success" title={`No failure in ${spanWords[within]}`}>
      {data !== undefined && (
        <p>
          {last === undefined ? (
            'An execution counts here when its last attempt has failed.'
          ) : (
            <>
              The last failure was <Time at={last} />.
            </>
          )}
        </p>
      )}
      {last !== undefined && within !== '30d' && <Button onClick={onWiden}>Look at 30 days</Button>}
    </EmptyState>
  );
};
