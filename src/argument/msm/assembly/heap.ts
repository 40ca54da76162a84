/** A stack of memory behind the module's own data; every task starts from an empty one. */

let bottom: usize = __heap_base;
let top: usize = __heap_base;

/** Frees everything but what is kept. */
export function reset(): void {
  top = bottom;
}

/** Keeps what is allocated now for good. */
export function keep(): void {
  bottom = top;
}

/** `bytes` of memory at an address divisible by 64, contents undefined; traps where 4 GiB are used up. */
export function alloc(bytes: usize): usize {
  const at = (top + 63) & ~63;
  top = at + bytes;
  const missing = i32((u64(top) + 65535) >> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return at;
}
