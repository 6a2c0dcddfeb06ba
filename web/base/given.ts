/** The fields that have a value. */
export type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out the fields without a value. */
export const given = <T extends object>(all: T): Given<T> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter is what the type says
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Given<T>;
