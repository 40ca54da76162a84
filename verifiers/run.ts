// What a run to be dumped has.
import type { Hex } from 'viem';
import type { Oracle } from '../src/argument/oracle.ts';
import type { Session } from '../src/argument/session.ts';
import type { Commitment, Point } from '../src/argument/types.ts';
import type { NetworkWeights } from '../src/model/networkWeights.ts';
import type { Shard } from '../src/model/shard.ts';
import type { Weights } from '../src/model/weights.ts';
import type { ArgumentResult } from '../src/programs/common.ts';

/** Commits to a model, a shard or any vector, really or not. */
export interface Committer {
  model: (weights: Weights | NetworkWeights) => Promise<Commitment>;
  shard: (shard: Shard) => Promise<Commitment>;
  oracle: (oracle: Oracle) => Promise<Commitment>;
}

/** A statement as the protocol has it (section 2). */
export interface Stated {
  program: string;
  id: number;
  /** the parameters that h_0 binds */
  bound: bigint[];
  /** those behind them, which are known after the argument */
  late: () => bigint[];
  extra: bigint[];
  /** what the statement opens, in order; without points for an absent parent */
  oracles: Commitment[];
  /** whether the tables of functions are opened too */
  opensTables: boolean;
  /** bytes that the contract is given beside the parameters, by name */
  given?: { [name: string]: Hex };
}

export interface Run {
  stated: Stated;
  argument: (session: Session) => Promise<ArgumentResult>;
}

export interface Case {
  name: string;
  make: (commit: Committer) => Promise<Run>;
}

/** What stands for points where only the argument is made: the generator of G1. */
export const POINT: Point = { x: 1n, y: 2n };
