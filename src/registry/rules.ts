import { type Address, encodeAbiParameters, type Hex, keccak256, zeroHash } from 'viem';

/** Who may enter a benchmark, as IBenchmarks.Rules. */
export interface BenchmarkRules {
  /** only models that neither are declared imports nor descend from one */
  undeclared: boolean;
  /** only models in whose descent no foreign program has a part */
  noForeign: boolean;
  /** only models whose schema is stated and is that of the shards */
  sameSchema: boolean;
  /** only this model and its descendants; zero: any */
  ancestor: Hex;
  /** what entering a model costs, in wei; the opener is owed it */
  fee: bigint;
}

/** Any model whose network fits may enter, for nothing. */
export const NO_RULES: BenchmarkRules = {
  undeclared: false,
  noForeign: false,
  sameSchema: false,
  ancestor: zeroHash,
  fee: 0n,
};

const RULES = {
  type: 'tuple',
  components: [
    { name: 'undeclared', type: 'bool' },
    { name: 'noForeign', type: 'bool' },
    { name: 'sameSchema', type: 'bool' },
    { name: 'ancestor', type: 'bytes32' },
    { name: 'fee', type: 'uint256' },
  ],
} as const;

/** Id of a benchmark. @param closingBlock 0 where it is not sealed */
export function benchmarkId(dataset: Hex, opener: Address, closingBlock: bigint, rules = NO_RULES): Hex {
  const rulesHash = keccak256(encodeAbiParameters([RULES], [rules]));
  const types = [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint256' }, { type: 'bytes32' }] as const;
  return keccak256(encodeAbiParameters(types, [dataset, opener, closingBlock, rulesHash]));
}

/** The rules in words, each a part of a sentence; empty where any model may enter. @param ether says an amount of wei */
export function rulesInWords(rules: BenchmarkRules, ether: (wei: bigint) => string): string[] {
  return [
    ...(rules.ancestor === zeroHash ? [] : [`only descendants of ${rules.ancestor}`]),
    ...(rules.undeclared ? ['nothing declared'] : []),
    ...(rules.noForeign ? ['no foreign programs'] : []),
    ...(rules.sameSchema ? ['only models that state the same columns and classes'] : []),
    ...(rules.fee === 0n ? [] : [`entry fee ${ether(rules.fee)}`]),
  ];
}
