import { IconButton } from './icon-button.tsx';
import { tell, tellFailure } from './toasts.tsx';

/** Browsers offer the clipboard only over HTTPS and on the machine itself. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('Copied');
  } catch {
    tellFailure(
      'It could not be copied',
      new Error('The browser allows it only over HTTPS. Select the text instead.'),
    );
  }
}

export const CopyButton = ({ text, label }: { text: string; label: string }) => (
  <IconButton icon="copy" label={label} onClick={() => void copy(text)} />
);
