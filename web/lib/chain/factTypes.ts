// What was proved beside the lineage: outputs of models, and facts about hidden rows.
import type { Address, Hex } from 'viem';

/** Who proved something first, and where. */
interface Proved {
  prover: Address;
  block: number;
  transaction: Hex;
}

/** A model gives these outputs on these inputs. */
export interface Inference extends Proved {
  model: Hex;
  /** a shard's id; else the name of public values or of a commitment, which an event does not tell apart */
  inputs: Hex;
  outputs: Hex;
  /** whether the inputs are a registered shard */
  isShard: boolean;
  rows: number;
}

/** A list of which a page shows the newest. */
export interface Newest<T> {
  newest: T[];
  total: number;
}

/** Two shards have no row in common. */
export interface DisjointFact extends Proved {
  first: Hex;
  second: Hex;
}

/** A record is none of a shard's rows. */
export interface AbsentFact extends Proved {
  shard: Hex;
  /** hash of the record */
  record: Hex;
}

/** All rows of a shard are rows of a dataset. */
export interface SubsetFact extends Proved {
  shard: Hex;
  dataset: Hex;
}

/** Facts about one shard. */
export interface ShardFacts {
  disjoint: Newest<DisjointFact>;
  absent: Newest<AbsentFact>;
  subset: Newest<SubsetFact>;
}

/** What facts show of a model and all its ancestors, and what they leave open. */
export interface LineageFacts extends Omit<ShardFacts, 'absent'> {
  /** different shards that it or an ancestor was trained on */
  shards: number;
  /** imports, foreign models and nodes that were not read, itself included: what made them is not recorded */
  unread: number;
  /** beside the rows of the chosen benchmark, where that is open */
  against?: {
    /** its shards that the model or an ancestor was trained on */
    trainedOn: number;
    /** pairs of one of the lineage's shards with one of the benchmark's, and how many of them no fact speaks of */
    pairs: number;
    open: number;
  };
  /** records, each with how many of the shards it was shown to be absent from */
  records: Newest<{ record: Hex; absentFrom: number }>;
}
