import { Screen } from '../../components/screen.tsx';

export const EditJobScreen = () => <Screen title="Edit job">{null}</Screen>;
