import { makeBadge } from 'badge-maker';
import { badgeFormat } from '../../../src/registry/badge.ts';
import type { LineageFacts } from './facts.ts';

/** A picture for a page about the model. It is no proof: anybody can draw one. */
export function badgeOf({ place, edges: [{ id }], declared, foreign, unread }: LineageFacts): string {
  const { chainId, devKeys } = place;
  return makeBadge(badgeFormat({ id, chainId, devKeys, declared, foreign, unread }));
}
