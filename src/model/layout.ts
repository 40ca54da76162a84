import { ceilLog2 } from '../numbers/bits.ts';

export interface SlotSize {
  name: string;
  /** The slot has 2^log2 entries. */
  log2: number;
}

export interface Slot {
  offset: number;
  log2: number;
}

export interface Layout {
  slots: Record<string, Slot>;
  /** Entries of all slots together: they leave no gaps. */
  used: number;
  /** The oracle has 2^log2 entries (the smallest power of two that holds all slots). */
  log2: number;
}

/**
 * The canonical layout of an oracle (protocol section 1): larger slots first, equal ones in the listed order, so every
 * offset is a multiple of the slot's size. Offsets may exceed 2^26; see capacity.ts.
 */
export function layout(sizes: readonly SlotSize[]): Layout {
  const order = [...sizes].sort((x, y) => y.log2 - x.log2); // stable
  const slots: Record<string, Slot> = {};
  for (const { name } of sizes) slots[name] = { offset: 0, log2: 0 }; // keys keep the listed order
  let offset = 0;
  for (const { name, log2 } of order) {
    slots[name] = { offset, log2 };
    offset += 2 ** log2;
  }
  return { slots, used: offset, log2: offset > 2 ** 31 ? Math.ceil(Math.log2(offset)) : ceilLog2(offset) };
}
