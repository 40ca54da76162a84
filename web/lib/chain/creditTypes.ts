// What became of payments to a model, and would become of one.
import type { Address, Hex } from 'viem';

/** A token as it describes itself. */
export interface Token {
  /** the zero address means Ether */
  token: Address;
  /** whatever the token says: hostile until shown otherwise */
  symbol: string;
  decimals: number;
}

/** What a model was paid in one token. Amounts are decimal, in the token's smallest unit. */
export interface Credit extends Token {
  /** ever */
  paid: string;
  /** credited to trainers of ancestors so far */
  claimed: string;
  /** credited to its own trainer so far, since ancestors lowered their shares */
  returned: string;
  /** credited to its own trainer so far: the rest */
  collected: string;
  /** its own trainer can be credited with this now */
  collectable: string;
}

/** A part of what a model is paid. */
export interface Payout {
  node: Hex;
  account: Address;
  /** how many ways lead from the model up to the node, decimal */
  ways: string;
  /** for all ways, in units */
  amount: string;
}

/** Who gets how much of an amount; the model comes first. */
export type Split =
  | { amount: string; payouts: Payout[]; left: string }
  /** stack: the shares come to more than the whole; large: too many nodes to list */
  | { amount: string; refused: 'stack' | 'large' };
