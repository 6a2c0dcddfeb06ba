import { type FocusEvent, useEffect, useRef, useState } from 'react';
import { makeStore } from '../base/store.ts';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import * as styles from './toasts.module.css';

type Toast = { id: number; title: string; description?: string | undefined; isFailure: boolean };

/** How long a message about a success stays, while it has no pointer over it and no focus. */
const STAYS_MS = 5_000;
/** The oldest messages make room for others. */
const MAX_SHOWN = 4;

const store = makeStore<readonly Toast[]>([]);
let lastId = 0;

function show(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  store.set([...store.get(), { ...toast, id: lastId }].slice(-MAX_SHOWN));
}

const close = (id: number): void => store.set(store.get().filter((toast) => toast.id !== id));

/** Tells the outcome of an action, which a reader of the screen hears too. */
export const tell = (title: string, description?: string): void =>
  show({ title, description, isFailure: false });

/** Tells that an action failed, with its remedy. It stays until it is closed. */
export const tellFailure = (title: string, error: unknown): void =>
  show({ title, description: error instanceof Error ? error.message : String(error), isFailure: true });

/** The place where messages appear. It is there before them, since readers of the screen hear only its changes. */
export const Toasts = () => {
  const shown = store.use();
  const [isHeld, setHeld] = useState(false);
  const before = useRef<Element | null>(null);
  const onFocus = ({ currentTarget, relatedTarget }: FocusEvent) => {
    setHeld(true);
    if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget;
  };
  const onClose = (id: number) => {
    close(id);
    setHeld(false);
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the time of its messages stops, nothing else
    <div
      className={styles.viewport}
      role="region"
      aria-label="Messages"
      aria-live="polite"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={onFocus}
      onBlur={() => setHeld(false)}
    >
      {shown.map((toast) => (
        <Message key={toast.id} toast={toast} isHeld={isHeld} onClose={onClose} />
      ))}
    </div>
  );
};

type Props = { toast: Toast; isHeld: boolean; onClose: (id: number) => void };

const Message = ({ toast: { id, title, description, isFailure }, isHeld, onClose }: Props) => {
  useEffect(() => {
    if (isHeld || isFailure) return undefined;
    const timer = setTimeout(close, STAYS_MS, id);
    return () => clearTimeout(timer);
  }, [id, isFailure, isHeld]);
  return (
    <div className={classNames(styles.toast, isFailure && styles.bad)} role={isFailure ? 'alert' : undefined}>
      <Icon name={isFailure ? 'failed' : 'success'} />
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        {description !== undefined && <p className={styles.description}>{description}</p>}
      </div>
      <button
        type="button"
        className={styles.close}
        aria-label="Close"
        onClick={() => onClose(id)}
        onKeyDown={({ key }) => key === 'Escape' && onClose(id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
};
