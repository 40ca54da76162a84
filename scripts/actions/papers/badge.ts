import { makeBadge } from 'badge-maker';
import type { LineageFacts } from './facts.ts';

/** A picture for a page about the model. It is no proof: anybody can draw one. */
export function badgeOf({ place, edges: [{ id }], declared, foreign, unread }: LineageFacts): string {
  const { chainId, devKeys } = place;
  const marks = [
    ...(devKeys ? ['dev keys: proves nothing'] : []),
    ...(foreign ? ['foreign parts'] : []),
    ...(declared ? ['declared origin'] : []),
    ...(unread > 0 ? ['lineage not read in full'] : []),
  ];
  return makeBadge({
    label: devKeys ? 'Descent, dev keys' : 'proven by Descent',
    message: [`chain ${chainId}`, `${id.slice(0, 10)}..${id.slice(-6)}`, ...marks].join(' | '),
    color: devKeys ? 'lightgrey' : marks.length > 0 ? 'yellow' : 'brightgreen',
  });
}
