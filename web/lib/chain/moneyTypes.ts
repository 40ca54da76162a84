// What the page knows of money: credit of models and trainers, and bounties.
import type { Address, Hex } from 'viem';
import type { Token } from './creditTypes.ts';
import type { Benchmark, Named } from './types.ts';

/** What one trainer is owed, and may do about it. */
export interface TrainerCredit {
  trainer: Address;
  /** who acts for it */
  key: Address;
  /** where its money goes */
  payout: Address;
  /** share of its next models, in 1/10,000 */
  chosenShare: number;
  tokens: TrainerToken[];
  /** whether these are all claims: a lineage can have more ways than can be listed */
  complete: boolean;
}

export interface TrainerToken extends Token {
  /** ready to be withdrawn */
  credit: string;
  /** rests of what its models were paid */
  rests: { model: Named; amount: string }[];
  claims: OpenClaim[];
}

/** A share of what a descendant was paid. */
export interface OpenClaim {
  ancestor: Named;
  model: Named;
  steps: Hex[];
  amount: string;
}

/** What a bounty asks of a model besides its score. What is missing is not asked. */
export interface Conditions {
  ancestor?: Hex;
  /** part of the ancestor along one way, 0..1 */
  leastPart?: number;
  mostMerges?: number;
  undeclared: boolean;
  noForeign: boolean;
  /** seconds of Unix time */
  registeredAfter?: number;
  registeredBefore?: number;
  /** whether keys of a version are asked for */
  minimalVersions?: boolean;
  /** a dataset that no ancestor was trained on */
  disjointFrom?: Hex;
  /** who must attest all data that the model was trained on */
  attestedBy?: Address;
}

export interface Bounty {
  /** decimal, from 1 on */
  id: string;
  funder: Address;
  token: Address;
  /** in the token's smallest unit, decimal */
  amount: string;
  wasSealed: boolean;
  benchmark: Hex;
  /** rows right at least, or the sum of squared errors at most, in units of 2^-18; decimal */
  threshold: string;
  /** seconds of Unix time */
  deadline: number;
  conditions: Conditions;
  state: 'open' | 'won' | 'refunded';
  winner?: Hex;
  block: number;
}

/** What shows that a model meets conditions, as contracts take it. */
export interface Evidence {
  steps: Hex[];
  ancestry: Hex[];
  registrar: Address;
  shardIds: Hex[];
  uri: string;
}

/** A bounty with what is around it. */
export interface BountyView extends Bounty, Omit<Token, 'token'> {
  /** the last second in which it can be won, as things are */
  until: number;
  /** whether that is past, by the clock of the chain or of the server */
  over: boolean;
  /** its benchmark, where the page knows it */
  on?: Benchmark;
  winnerModel?: Named;
  ancestorModel?: Named;
  /** a model that seems to reach the terms; the contract judges */
  candidate?: { model: Named; evidence: Evidence };
}
