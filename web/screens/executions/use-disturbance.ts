import { type RefObject, useEffect, useState } from 'react';

/** Whether a person reads in an element: text of it is selected, or a row or the news of it have the focus. */
export function useDisturbance(element: RefObject<HTMLElement | null>): boolean {
  const [isReading, setReading] = useState(false);
  useEffect(() => {
    const look = () => {
      const selection = document.getSelection();
      const frame = element.current;
      const hasText =
        selection !== null &&
        !selection.isCollapsed &&
        selection.anchorNode !== null &&
        frame?.contains(selection.anchorNode) === true;
      setReading(
        hasText || frame?.querySelector('tbody :focus-within, tbody :focus, [role="status"] :focus') != null,
      );
    };
    // Where the focus goes elsewhere, `focusin` follows: until then, nothing has it.
    const leave = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget === null) look();
    };
    document.addEventListener('selectionchange', look);
    document.addEventListener('focusin', look);
    document.addEventListener('focusout', leave);
    return () => {
      document.removeEventListener('selectionchange', look);
      document.removeEventListener('focusin', look);
      document.removeEventListener('focusout', leave);
    };
  }, [element]);
  return isReading;
}
