import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** The width of an element, which a drawing in pixels needs. It is 0 before the first measurement. */
export function useWidth<E extends Element>(): { frame: RefObject<E | null>; width: number } {
  const frame = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    setWidth(Math.floor(element.getBoundingClientRect().width));
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { frame, width };
}
