import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
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

const FIELDS = 'input:not([type="checkbox"], [type="radio"]), textarea, select';

/** A dialog over the page. The first field in which one types gets the focus. When it closes, the focus is back where it was. */
export const Dialog = ({ title, onClose, children, footer, isWide = false }: Props) => {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          data-dialog=""
          className={classNames(styles.popup, isWide && styles.wide)}
          initialFocus={() => body.current?.querySelector<HTMLElement>(FIELDS) ?? true}
        >
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton icon="close" label="Close" />} />
          </header>
          <div ref={body} className={styles.body}>
            {children}
          </div>
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
};
