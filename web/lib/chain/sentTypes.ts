import type { Address, Hex } from 'viem';

/** What the chain says of a transaction that was sent. Only the last three are ends: each is in a block. */
export type Fate =
  | { phase: 'submitted'; replacing?: boolean }
  /** the node has neither it nor another with its nonce; the wallet may still hold it */
  | { phase: 'dropped' }
  /** its nonce is used in a block, by what the node does not tell */
  | { phase: 'superseded' }
  | { phase: 'confirmed'; hash: Hex; block: number; gas: number; replaced?: boolean }
  | { phase: 'reverted'; hash: Hex; block: number }
  | { phase: 'cancelled'; hash: Hex; block: number };

/** What a transaction is for, as far as a list of them says it. */
export interface About {
  /** what it does, such as "Pay a model" */
  what: string;
  /** path of what it makes or changes */
  page: string;
  /** id of what it registers */
  makes?: Hex;
}

/** A transaction that this browser sent, as it remembers it. */
export interface Sent extends About {
  hash: Hex;
  /** undefined until the node has shown the transaction: a wallet may choose another than the page expects */
  nonce?: number;
  sender: Address;
  chainId: number;
  registry: Address;
  /** hash of receiver, data and value: a replacement with the same is the same call */
  call: Hex;
  /** newest block when it was sent */
  since: number;
  /** milliseconds since 1970 when it was sent, and when the node last showed it */
  sentAt: number;
  seenAt: number;
  fate: Fate;
  /** whether it is deep enough in the chain to be settled */
  settled?: boolean;
  /** whether its end was shown */
  noticed?: boolean;
}
