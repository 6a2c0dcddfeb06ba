import { tell, tellFailure } from './toasts.tsx';

/** Copies a text. Browsers offer the clipboard only over HTTPS and on the machine itself. */
export async function copy(text: string): Promise<void> {
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
