import type { Check } from '../../../src/registry/check.ts';
import { plain } from './texts.ts';

/** One comparison of what a folder says with what a registry has. Open is what is not shown. */
export interface Finding extends Pick<Check, 'holds' | 'says'> {
  about: 'registry' | 'card' | 'claims' | 'weights';
}

export function finding(about: Finding['about'], holds: Finding['holds'], says: string): Finding {
  return { about, holds, says: holds === 'open' ? `Not shown: ${says}` : says };
}

/** A value of a stranger's file in a few letters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const short = plain(text);
  return `"${short.length > 100 ? `${short.slice(0, 100)}...` : short}"`;
}

/** Whether two values say the same. Digits of ids and addresses may be of either case. */
export function isSame(a: unknown, b: unknown): boolean {
  const canonical = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(canonical);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, inner]) => [key, canonical(inner)]),
      );
    }
    return typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value) ? value.toLowerCase() : value;
  };
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}
