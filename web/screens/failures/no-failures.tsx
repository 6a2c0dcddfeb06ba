import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../../components/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { latestFailureQuery } from './queries.ts';
import type { FailureSpan } from './search.ts';

const spanWords: Record<FailureSpan, string> = { '24h': '24 h', '7d': '7 d', '30d': '30 d' };

/** Nothing failed in the span. It says when something failed last. */
export const NoFailures = ({ within }: { within: FailureSpan }) => {
  const { data } = useQuery(latestFailureQuery);
  const last = data?.items[0]?.lastFailedAt;
  return (
    <EmptyState icon="success" title={`No failure in ${spanWords[within]}`}>
      {data !== undefined && (
        <p>
          {last === undefined ? (
            'An execution counts here when its last attempt has failed.'
          ) : (
            <>
              The last one was <Time at={last} />.
            </>
          )}
        </p>
      )}
    </EmptyState>
  );
};
