import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { classNames } from './class-names.ts';
import * as styles from './disclosure.module.css';

type Props = {
  /** The name of the button, where its content is not enough. */
  label: string;
  button: ReactNode;
  children: ReactNode;
  className?: string | undefined;
};

/** A button that shows a panel below it. The panel goes at `Escape`, at a press elsewhere, and after an action in it. */
export const Disclosure = ({ label, button, children, className }: Props) => {
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return undefined;
    const onPress = ({ target }: PointerEvent) =>
      target instanceof Node && frame.current?.contains(target) !== true && setOpen(false);
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      setOpen(false);
      trigger.current?.focus();
    };
    document.addEventListener('pointerdown', onPress);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [isOpen]);
  return (
    <div
      ref={frame}
      className={styles.frame}
      onBlur={({ relatedTarget }) =>
        relatedTarget !== null && frame.current?.contains(relatedTarget) !== true && setOpen(false)
      }
    >
      <button
        ref={trigger}
        type="button"
        className={classNames(styles.button, className)}
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      <div id={id} className={styles.panel} hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
};
