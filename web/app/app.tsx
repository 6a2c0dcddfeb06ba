import * as styles from './app.module.css';

export const App = () => <h1 className={styles.title}>Belfry</h1>;
