import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { Panel } from '../../components/panel.tsx';
import { PasteCommand } from '../../components/paste-command.tsx';

/** No job runs in the week that shows. */
export const NoRuns = () => {
  const target = useTarget();
  return (
    <Panel title="No run in these days">
      <PasteCommand request={creating(exampleJob(target.url))}>
        Resume a job, or create one that runs soon.
      </PasteCommand>
    </Panel>
  );
};
