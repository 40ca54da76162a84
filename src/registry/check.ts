import type { Hex } from 'viem';
import { type Network, readsBeyondSide } from '../model/network.ts';
import { PROGRAMS, type Program, type Surrounding } from './programs/list.ts';

/** What a check of an edge is about: first what the file and its proof show, then what a chain says. */
export type About =
  | 'file'
  | 'transaction'
  | 'digest'
  | 'signals'
  | 'groth16'
  | 'opening'
  | 'keys'
  | 'weights'
  | 'rows'
  | 'names'
  | 'descent'
  | ChainAbout;

/** What only a chain can tell. */
export type ChainAbout = 'contract' | 'key' | 'powers' | 'record' | 'event' | 'adapter' | Surrounding;

/** One finding, in words. Open is what is not shown: it speaks neither for nor against the edge. */
export interface Check {
  about: About;
  holds: boolean | 'open';
  says: string;
}

/** `verified`: everything holds and nothing is open. `holds`: the proof holds, something else is open. */
export type Verdict = 'verified' | 'holds' | 'false';

/** What an open check leaves unsaid, to be read after "not shown:". */
const NOT_SHOWN: Record<About, string> = {
  file: 'that the file is consistent',
  transaction: 'that a transaction carried it',
  digest: 'what the proof is bound to',
  signals: 'that the signals are in the field',
  groth16: 'that its Groth16 proof holds',
  opening: 'that its commitments open',
  keys: 'that nobody forged it (development keys)',
  contract: 'that its contract is one to trust',
  key: 'that the contract checked it with the same key',
  powers: 'that the contract has the same powers of tau',
  record: 'that it is registered',
  event: 'that the chain says the same of it, word for word',
  request: 'that the chain drew its seed',
  parents: 'that its parents are registered',
  model: 'that its model is registered',
  shard: 'that its shard is registered, and with it that the rows are well formed',
  adapter: 'that the registry knows its foreign program',
  descent: 'that it follows from its parents (a foreign program vouches)',
  weights: 'that the weights are its model',
  rows: 'that the rows are its shard',
  names: 'that the names of columns and classes in the file are those that were stated',
};

/** Everything that is asked of a chain about an edge of this program, in order. */
export function chainChecksOf(program: Program): ChainAbout[] {
  return ['contract', 'key', 'powers', 'record', 'event', ...PROGRAMS[program].asks];
}

/** The same of a foreign child. */
export const FOREIGN_CHAIN_CHECKS: readonly ChainAbout[] = [
  'contract',
  'key',
  'powers',
  'record',
  'event',
  'parents',
  'adapter',
];

/** The same checks where nobody can be asked. @param reason one sentence, why not */
export function openChecks(abouts: readonly ChainAbout[], reason: string): Check[] {
  return abouts.map((about) => ({ about, holds: 'open', says: `Not shown ${NOT_SHOWN[about]}: ${reason}` }));
}

/** What a person may conclude from all checks of an edge. */
export function verdictOf(checks: readonly Pick<Check, 'holds'>[]): Verdict {
  if (checks.length === 0 || checks.some(({ holds }) => holds === false)) return 'false';
  return checks.every(({ holds }) => holds === true) ? 'verified' : 'holds';
}

/** The verdict as a sentence. @param subject such as `train 0x12..` */
export function verdictInWords(subject: string, checks: readonly Check[]): string {
  switch (verdictOf(checks)) {
    case 'verified':
      return `Verified: ${subject}.`;
    case 'holds':
      return `The proof holds; not shown: ${notShown(checks).join('; ')}.`;
    case 'false':
      return `NOT verified: ${subject}.`;
  }
}

/** What the open checks leave unsaid. */
export function notShown(checks: readonly Check[]): string[] {
  return checks.filter(({ holds }) => holds === 'open').map(({ about }) => NOT_SHOWN[about]);
}

/**
 * Why a proof that was found by its id, which says nothing of keys, may not hold here and yet be good: it may be for other
 * keys than those here.
 * @returns undefined where it holds, or where the chain checked it with the keys that are here
 */
export function otherKeyReason(checks: readonly Check[]): string | undefined {
  const ofProof: readonly About[] = ['groth16', 'opening'];
  if (!checks.some(({ about, holds }) => ofProof.includes(about) && holds === false)) return undefined;
  return checks.find(({ about, holds }) => (about === 'key' || about === 'powers') && holds !== true)?.says;
}

/**
 * Whether a scored model has seen the rows, as far as a chain tells: by which node of its lineage it was trained on this
 * shard, or that none was. The same rows may stand in another shard.
 */
export type TrainedOnRows = { by: Hex; isItself: boolean } | 'none';

/** What of it no check of a score shows. @param told undefined where no chain told */
export function trainedInWords(told: TrainedOnRows | undefined): string {
  const unknown = 'That the model was not trained on these rows';
  if (told === undefined) return `${unknown}: only a sealed benchmark speaks for that.`;
  if (told === 'none') {
    return `${unknown}: nothing of its lineage was trained on this shard, says the chain, but another shard may hold the same rows. Only a sealed benchmark speaks for that.`;
  }
  const who = told.isItself ? 'it was trained on this shard' : `its ancestor ${told.by} was trained on this shard`;
  return `Anything about rows that the model has not seen: the chain says that ${who}.`;
}

/** What no proof shows of the rows that a network was trained or scored on. @throws InputError as `networkGeometry` */
export function picturesInWords(network: Network): string {
  const { side, channels } = network;
  const beyond = readsBeyondSide(network)
    ? ', and that numbers beyond these pixels are 0: they are read as they are'
    : '';
  return `That the rows are pictures of ${side}x${side}x${channels}, in the order in which the network reads them${beyond}.`;
}
