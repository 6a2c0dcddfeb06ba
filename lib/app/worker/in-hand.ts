/** The ids that a run has taken, and not yet given back or settled: they are in its processing list in Redis. */
export type InHand = {
  add: (ids: Iterable<number>) => void;
  remove: (ids: Iterable<number>) => void;
  has: (id: number) => boolean;
  size: () => number;
};

export function makeInHand(): InHand {
  const ids = new Set<number>();
  return {
    add: (more) => {
      for (const id of more) ids.add(id);
    },
    remove: (gone) => {
      for (const id of gone) ids.delete(id);
    },
    has: (id) => ids.has(id),
    size: () => ids.size,
  };
}
