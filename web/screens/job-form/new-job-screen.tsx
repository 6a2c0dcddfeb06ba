import { Screen } from '../../components/screen.tsx';

export const NewJobScreen = () => <Screen title="New job">{null}</Screen>;
