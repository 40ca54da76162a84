import type { Address, Hex } from 'viem';
import type { ShardKind } from '../../../src/model/shape.ts';

export interface Shard {
  id: Hex;
  owner: Address;
  inputs: number;
  outputs: number;
  rows: number;
  kind: ShardKind;
  block: number;
  transaction: Hex;
}

export interface Dataset {
  id: Hex;
  registrar: Address;
  shards: Hex[];
  rows: number;
  /** whatever its registrar wrote: hostile until shown otherwise */
  uri: string;
  block: number;
  transaction: Hex;
}

/** Somebody disputes what was only declared of a node or a dataset. Nobody judges. */
export interface Dispute {
  /** decimal */
  id: string;
  disputer: Address;
  fact: 'source' | 'verdict' | 'attestation';
  /** in wei, decimal */
  bond: string;
  /** hostile text */
  reason: string;
}

/** A source says that a dataset is its own. */
export interface Attestation {
  source: Address;
  /** how many this source made about the dataset before */
  index: number;
  /** who said so for the source; undefined where its own key did */
  operator?: Address;
  /** hostile texts */
  uri: string;
  licence: string;
}

/** What was said of a dataset after it was registered; none of it is proved. */
export interface DatasetNotes {
  /** sources that say that it is their own, and did not take it back */
  attestations: Attestation[];
  /** where its registrar says that the rows are, and the SHA-256 of the file there; the last one */
  published?: { uri: string; archive: Hex };
  /** whether its registrar revoked it from new benchmarks */
  revoked: boolean;
}

/** A dataset as the page of a model lists it. */
export interface ListedDataset extends Pick<Dataset, 'id' | 'uri'>, Omit<DatasetNotes, 'attestations'> {
  /** those of others than its registrar first; with the disputes that stand */
  attestations: (Attestation & { disputes: Dispute[] })[];
  /** how many sources attested it: `attestations` may hold fewer */
  attestationTotal: number;
}
