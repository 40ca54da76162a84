import type { Neighbourhood } from './chain/types.ts';
import { isHash } from './format.ts';

/** Nodes in one answer at most. */
export const MOST_NODES = 12_000;
export const DEFAULT_LIMIT = 300;
export const DEFAULT_HOPS = 3;

/** What a page's or a route's query asks of the tree; anything odd becomes the default. */
export function graphQuestion(params: { get(name: string): string | null }): Neighbourhood {
  const focus = params.get('focus')?.toLowerCase();
  const direction = params.get('direction');
  const benchmark = params.get('benchmark')?.toLowerCase();
  return {
    ...(isHash(focus) && { focus }),
    ...(isHash(benchmark) && { benchmark }),
    hops: clamp(params.get('hops'), DEFAULT_HOPS, 1, 100_000),
    direction: direction === 'ancestors' || direction === 'descendants' ? direction : 'both',
    limit: clamp(params.get('limit'), DEFAULT_LIMIT, 1, MOST_NODES),
  };
}

function clamp(text: string | null, fallback: number, low: number, high: number): number {
  const value = Number(text);
  return text !== null && Number.isInteger(value) ? Math.min(high, Math.max(low, value)) : fallback;
}
