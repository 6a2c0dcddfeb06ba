import { Toast } from '@base-ui/react/toast';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import * as styles from './toasts.module.css';

export const toasts = Toast.createToastManager();

/** Tells the outcome of an action, which a reader of the screen hears too. */
export const tell = (title: string, description?: string): void =>
  void toasts.add({ title, description, type: 'good' });

/** Tells that an action failed, with its remedy. It stays until it is closed. */
export const tellFailure = (title: string, error: unknown): void =>
  void toasts.add({
    title,
    description: error instanceof Error ? error.message : String(error),
    type: 'bad',
    timeout: 0,
    priority: 'high',
  });

/** The place where toasts appear. */
export const Toasts = () => {
  const { toasts: shown } = Toast.useToastManager();
  return (
    <Toast.Portal>
      <Toast.Viewport className={styles.viewport}>
        {shown.map((toast) => (
          <Toast.Root
            key={toast.id}
            toast={toast}
            className={classNames(styles.toast, toast.type === 'bad' && styles.bad)}
          >
            <Icon name={toast.type === 'bad' ? 'failed' : 'success'} />
            <div className={styles.text}>
              <Toast.Title className={styles.title} />
              <Toast.Description className={styles.description} />
            </div>
            <Toast.Close className={styles.close} aria-label="Close">
              <Icon name="close" />
            </Toast.Close>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  );
};
