import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import * as styles from './dialog.module.css';
import { IconButton } from './icon-button.tsx';

type Props = {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons, the main one last. */
  footer?: ReactNode;
  isWide?: boolean;
};

/** A dialog over the page. When it closes, the focus is back where it was. */
export const Dialog = ({ title, onClose, children, footer, isWide = false }: Props) => (
  <Base.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
    <Base.Portal>
      <Base.Backdrop className={styles.backdrop} />
      <Base.Popup data-dialog="" className={classNames(styles.popup, isWide && styles.wide)}>
        <header className={styles.header}>
          <Base.Title className={styles.title}>{title}</Base.Title>
          <Base.Close render={<IconButton icon="close" label="Close" />} />
        </header>
        <div className={styles.body}>{children}</div>
        {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
);
