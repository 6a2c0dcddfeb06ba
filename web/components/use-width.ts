import { type RefCallback, useCallback, useState } from 'react';

/** The width of an element, which a drawing in pixels needs. It is 0 before the element is there. */
export function useWidth(): {
  frame: RefCallback<HTMLElement>;
  element: HTMLElement | null;
  width: number;
} {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  const frame = useCallback((framed: HTMLElement | null) => {
    if (framed === null) return undefined;
    setElement(framed);
    setWidth(Math.floor(framed.getBoundingClientRect().width));
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(framed);
    return () => {
      observer.disconnect();
      setElement(null);
    };
  }, []);
  return { frame, element, width };
}
