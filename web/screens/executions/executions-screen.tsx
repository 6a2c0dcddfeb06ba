import { Screen } from '../../components/screen.tsx';

export const ExecutionsScreen = () => <Screen title="Executions">{null}</Screen>;
