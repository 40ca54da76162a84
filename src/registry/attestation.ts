// What a source signs about a dataset, so that anybody may carry it: EIP-712 typed data, the types of
// contracts/interfaces/IDataAttestations.sol.
import type { Address, Hex, TypedDataDefinition } from 'viem';

/** Name and version of the domain; its other fields are the chain and the contract of attestations. */
export const ATTESTATION_DOMAIN = { name: 'Descent data attestations', version: '1' } as const;

/** Limits of the contract, in bytes. */
export const MAX_ATTESTED_URI = 256;
export const MAX_LICENCE = 64;

const field = <Type extends string>(name: string, type: Type) => ({ name, type }) as const;
const ABOUT = [field('dataset', 'bytes32'), field('source', 'address')] as const;
const ONCE = [field('nonce', 'uint256'), field('deadline', 'uint256')] as const;

export const ATTESTATION_TYPES = {
  Attest: [...ABOUT, field('uri', 'string'), field('licence', 'string'), ...ONCE],
  Withdraw: [...ABOUT, ...ONCE],
} as const;

/** A dataset as it was registered: its id is the hash of these. */
export interface DatasetList {
  registrar: Address;
  shardIds: readonly Hex[];
  uri: string;
}

/** Where a source's word is kept. */
export interface AttestationPlace {
  chainId: number;
  contract: Address;
}

interface About {
  dataset: Hex;
  source: Address;
  /** `nonceOf` the dataset and the source */
  nonce: bigint;
  /** last second in which it may be carried */
  deadline: bigint;
}

/** What a source says of a dataset: that it is its own, or that it says so no longer. */
export type SourceWord = About & ({ says: 'attest'; uri: string; licence: string } | { says: 'withdraw' });

/** The typed data of a word, as wallets and `signTypedData` of viem take it. */
export function attestationTypedData({ chainId, contract }: AttestationPlace, word: SourceWord): TypedDataDefinition {
  const domain = { ...ATTESTATION_DOMAIN, chainId, verifyingContract: contract };
  const { dataset, source, nonce, deadline } = word;
  const message = { dataset, source, nonce, deadline };
  if (word.says === 'withdraw') {
    return { domain, types: { Withdraw: ATTESTATION_TYPES.Withdraw }, primaryType: 'Withdraw', message };
  }
  const { uri, licence } = word;
  const types = { Attest: ATTESTATION_TYPES.Attest };
  return { domain, types, primaryType: 'Attest', message: { ...message, uri, licence } };
}
