// Terms that ask nothing and evidence that shows nothing, to be changed field by field.
import { type Hex, zeroAddress, zeroHash } from 'viem';

export const ANY_MERGES = 2n ** 256n - 1n;
/** All of a model: parts are in units of 10^-18. */
export const WHOLE = 10n ** 18n;

const TERMS = {
  ancestor: zeroHash as Hex,
  leastPart: 0n,
  mostMerges: ANY_MERGES,
  undeclared: false,
  noForeign: false,
  registeredAfter: 0n,
  registeredBefore: 0n,
  minimalVersions: 0n,
  disjointFrom: zeroHash as Hex,
  attestedBy: zeroAddress as Hex,
};

const EVIDENCE = {
  steps: [] as Hex[],
  ancestry: [] as Hex[],
  registrar: zeroAddress as Hex,
  shardIds: [] as Hex[],
  uri: '',
};

export type Conditions = typeof TERMS;
export type Evidence = typeof EVIDENCE;

export const conditionsOf = (change: Partial<Conditions> = {}): Conditions => ({ ...TERMS, ...change });
export const evidenceOf = (change: Partial<Evidence> = {}): Evidence => ({ ...EVIDENCE, ...change });
