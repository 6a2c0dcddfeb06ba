import { type RefObject, useEffect, useState } from 'react';

/** Whether a person reads in an element: text of it is selected, or a row of it has the focus. */
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
      setReading(hasText || frame?.querySelector('tbody :focus-within, tbody :focus') != null);
    };
    document.addEventListener('selectionchange', look);
    document.addEventListener('focusin', look);
    document.addEventListener('focusout', look);
    return () => {
      document.removeEventListener('selectionchange', look);
      document.removeEventListener('focusin', look);
      document.removeEventListener('focusout', look);
    };
  }, [element]);
  return isReading;
}
