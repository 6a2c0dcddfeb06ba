import { Segmented } from '../../components/segmented.tsx';
import * as styles from './failures-filter.module.css';
import type { FailuresSearch } from './search.ts';

type Filter = Omit<FailuresSearch, 'cursor'>;

/** Which causes show: by their last failure, and by what was decided about them. */
export const FailuresFilter = ({
  search: { within, state },
  onChange,
}: {
  search: Filter;
  onChange: (search: Filter) => void;
}) => (
  <div className={styles.filter}>
    <Segmented
      label="Last failure within"
      value={within ?? '24h'}
      options={[
        { value: '24h', label: '24 h' },
        { value: '7d', label: '7 d' },
        { value: '30d', label: '30 d' },
      ]}
      onChange={(value) =>
        onChange({ ...(state !== undefined && { state }), ...(value !== '24h' && { within: value }) })
      }
    />
    <Segmented
      label="State"
      value={state ?? 'ALL'}
      options={[
        { value: 'ALL', label: 'All' },
        { value: 'OPEN', label: 'Open' },
        { value: 'IGNORED', label: 'Ignored' },
        { value: 'RESOLVED', label: 'Resolved' },
      ]}
      onChange={(value) =>
        onChange({ ...(within !== undefined && { within }), ...(value !== 'ALL' && { state: value }) })
      }
    />
  </div>
);
