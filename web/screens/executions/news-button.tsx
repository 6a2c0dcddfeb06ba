import { useLayoutEffect, useRef } from 'react';
import { Button } from '../../components/button.tsx';

type Props = { count: number; onClick: () => void; onGone: () => void };

const MAX_SHOWN = 50;

/** Shows the executions that are new. It goes with them, and then `onGone` takes the focus if the button had it. */
export const NewsButton = ({ count, onClick, onGone }: Props) => {
  const button = useRef<HTMLButtonElement>(null);
  const gone = useRef(onGone);
  useLayoutEffect(() => {
    gone.current = onGone;
  });
  useLayoutEffect(() => {
    const element = button.current;
    return () => {
      if (document.activeElement === element) gone.current();
    };
  }, []);
  return (
    <Button ref={button} icon="retrying" onClick={onClick}>
      {count >= MAX_SHOWN ? `${MAX_SHOWN} or more new` : `${count} new`}
    </Button>
  );
};
