/**
 * The finalizer of MurmurHash3, by Austin Appleby: each bit of the input changes about half of the 32 bits of the result. Not for
 * secrets.
 *
 * @param value its lowest 32 bits count.
 * @returns 0 to 2^32 - 1. 0 for 0.
 */
export function mixBits(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
