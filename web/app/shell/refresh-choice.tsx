import { useIsFetching } from '@tanstack/react-query';
import { classNames } from '../../components/class-names.ts';
import { Select } from '../../components/select.tsx';
import { refreshSeconds, setPreferences, usePreferences } from '../../base/preferences.ts';
import * as styles from './refresh-choice.module.css';

const options = refreshSeconds.map((seconds) => ({
  value: String(seconds),
  label: seconds === 0 ? 'No refresh' : `Every ${seconds} s`,
}));

/** How often the page reads again. Its point is lit while it reads. */
export const RefreshChoice = () => {
  const { refresh } = usePreferences();
  const isReading = useIsFetching() > 0;
  return (
    <span className={styles.choice}>
      <span className={classNames(styles.point, isReading && styles.lit)} aria-hidden="true" />
      <Select
        label="Refresh"
        value={String(refresh)}
        options={options}
        onChange={(value) =>
          setPreferences({ refresh: refreshSeconds.find((seconds) => String(seconds) === value) ?? 0 })
        }
      />
    </span>
  );
};
