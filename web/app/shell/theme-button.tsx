import { IconButton } from '../../components/icon-button.tsx';
import { setPreferences, themes, usePreferences } from '../../base/preferences.ts';

const icons = { system: 'system', light: 'sun', dark: 'moon' } as const;
const words = { system: 'as the system', light: 'light', dark: 'dark' } as const;

/** The theme after the current one. */
export const nextTheme = (theme: (typeof themes)[number]): (typeof themes)[number] =>
  themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';

export const ThemeButton = () => {
  const { theme } = usePreferences();
  return (
    <IconButton
      icon={icons[theme]}
      label={`Theme: ${words[theme]}`}
      onClick={() => setPreferences({ theme: nextTheme(theme) })}
    />
  );
};
