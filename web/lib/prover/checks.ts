import type { About, ChainAbout, Check } from '../../../src/registry/check.ts';

/** One line of a verification. */
export interface CheckLine {
  id: About;
  state: 'waiting' | 'running' | 'good' | 'bad' | 'open';
  /** what was found, or why it fails */
  detail?: string;
}

/** What each check is about. */
export const CHECK_NAMES: Record<About, string> = {
  file: 'The file is an edge or a run, and its parts agree',
  transaction: 'A transaction carried it',
  digest: 'A proof that holds is bound to chain, contract and sender',
  signals: 'Its signals are numbers of the field',
  groth16: 'The Groth16 proof holds',
  opening: 'The commitments open as the proof says',
  keys: 'Nobody could forge it with these keys',
  contract: 'It is for this chain and this registry',
  key: 'The contract holds the key that it was made with',
  powers: 'The contract holds the same powers of tau',
  record: 'It is registered, by its sender',
  event: 'The chain’s event says the same, word for word',
  request: 'The chain drew its seed',
  parents: 'Its parents are registered',
  model: 'Its model is registered',
  shard: 'Its shard is registered',
  adapter: 'The registry knows its foreign program',
  descent: 'It follows from its parents',
  weights: 'The weights are its model',
  rows: 'The rows are its shard',
  names: 'The names in the file are those that were stated',
};

export const LOCAL_CHECKS: About[] = ['file', 'digest', 'signals', 'groth16', 'opening', 'keys'];
/** Of a run: the proofs, their signals and their openings are one check. */
export const RUN_CHECKS: About[] = ['file', 'digest', 'groth16', 'keys'];
/** Before there is an edge: those that every edge has. */
export const CHAIN_CHECKS: ChainAbout[] = ['contract', 'key', 'powers', 'record', 'event'];

/** A finding as a line of the page. */
export function lineOf({ about, holds, says }: Check): CheckLine {
  return { id: about, state: holds === 'open' ? 'open' : holds ? 'good' : 'bad', detail: says };
}
