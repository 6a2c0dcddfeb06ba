import { copy } from './copy.ts';
import { IconButton } from './icon-button.tsx';

export const CopyButton = ({ text, label }: { text: string; label: string }) => (
  <IconButton icon="copy" label={label} onClick={() => void copy(text)} />
);
