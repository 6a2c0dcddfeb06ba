import * as styles from './shell.module.css';

/** Leads past the navigation. It sets the focus by itself: an address of `#main` alone belongs to the base of the page. */
export const SkipLink = () => (
  <a
    className={styles.skip}
    href="#main"
    onClick={(event) => {
      event.preventDefault();
      document.getElementById('main')?.focus();
    }}
  >
    Skip to the content
  </a>
);
