import { Screen } from '../../components/screen.tsx';

export const ExecutionScreen = () => <Screen title="Execution">{null}</Screen>;
