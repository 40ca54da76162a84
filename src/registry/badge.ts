import type { Hex } from 'viem';

/** What a badge tells of a model. */
export interface BadgeFacts {
  id: Hex;
  chainId: number;
  /** whether any key of the registry is for development */
  devKeys: boolean;
  /** whether an import is in its descent */
  declared: boolean;
  /** whether a foreign program is */
  foreign: boolean;
  /** ancestors that were not read */
  unread: number;
}

/** Words and colour of a badge, as badge-maker takes them. A badge is no proof: anybody can draw one. */
export function badgeFormat({ id, chainId, devKeys, declared, foreign, unread }: BadgeFacts) {
  const marks = [
    ...(devKeys ? ['dev keys: proves nothing'] : []),
    ...(foreign ? ['foreign parts'] : []),
    ...(declared ? ['declared origin'] : []),
    ...(unread > 0 ? ['lineage not read in full'] : []),
  ];
  return {
    label: devKeys ? 'Descent, dev keys' : 'proven by Descent',
    message: [`chain ${chainId}`, `${id.slice(0, 10)}..${id.slice(-6)}`, ...marks].join(' | '),
    color: devKeys ? 'lightgrey' : marks.length > 0 ? 'yellow' : 'brightgreen',
  };
}
