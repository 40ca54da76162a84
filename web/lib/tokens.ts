import type { Token } from './chain/creditTypes.ts';
import { short } from './format.ts';
import { safeText } from './hostile.ts';

const LONGEST = 12;

/** What a token calls itself, as far as that can be shown, or the beginning of its address. */
export function tokenName({ symbol, token }: Token): string {
  return safeText(symbol).slice(0, LONGEST).toWellFormed() || short(token);
}

/** An amount that somebody typed, in wei; undefined where it is none or nothing. */
export function etherIn(text: string): bigint | undefined {
  const match = /^\s*(\d{1,9})(?:[.,](\d{1,18}))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, whole, rest = ''] = match;
  const wei = BigInt(whole) * 10n ** 18n + BigInt(rest.padEnd(18, '0'));
  return wei > 0n ? wei : undefined;
}
