// What a source signed about a dataset, as a file: whoever holds it may carry it until the deadline.
import { type Address, encodeFunctionData, getAddress, type Hex, type TypedDataDefinition } from 'viem';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { dataAttestationsAbi } from '../generated/abi.ts';
import {
  type AttestationPlace,
  attestationTypedData,
  type DatasetList,
  MAX_ATTESTED_URI,
  MAX_LICENCE,
  type SourceWord,
} from './attestation.ts';
import { requireFormat } from './edge.ts';
import { JsonReader } from './jsonReader.ts';

export const SIGNED_ATTESTATION_FORMAT = 'descent-attestation/1';

/** Greatest length of a contract account's signature, in bytes; keys sign with 65. */
const MAX_SIGNATURE = 8_192;
const MAX_LENGTH = 4 * MAX_SIGNATURE + 100_000;

export interface SignedAttestation {
  place: AttestationPlace;
  word: SourceWord;
  signature: Hex;
}

/** The call that carries it, whoever sends it. @param list of the dataset that it is about */
export function signedAttestationCall(
  { place, word, signature }: SignedAttestation,
  list: DatasetList,
): { to: Address; data: Hex } {
  const { source, deadline } = word;
  const data =
    word.says === 'attest'
      ? encodeFunctionData({
          abi: dataAttestationsAbi,
          functionName: 'attestSigned',
          args: [list, source, word.uri, word.licence, deadline, signature],
        })
      : encodeFunctionData({
          abi: dataAttestationsAbi,
          functionName: 'withdrawSigned',
          args: [list, source, deadline, signature],
        });
  return { to: place.contract, data };
}

/** The text of the file. It also shows what was signed, as a wallet does; `parseSignedAttestation` recomputes that. */
export function formatSignedAttestation({ place, word, signature }: SignedAttestation): string {
  const { dataset, source, nonce, deadline } = word;
  const said = word.says === 'attest' ? { uri: word.uri, licence: word.licence } : {};
  const file = {
    format: SIGNED_ATTESTATION_FORMAT,
    chainId: place.chainId,
    attestations: place.contract,
    says: word.says,
    dataset,
    source,
    ...said,
    nonce: nonce.toString(),
    deadline: deadline.toString(),
    signature,
    typedData: plain(attestationTypedData(place, word)),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @throws FileFormatError for anything but what `formatSignedAttestation` writes. The signature is not checked. */
export function parseSignedAttestation(text: string): SignedAttestation {
  if (text.length > MAX_LENGTH) throw new FileFormatError('The file is too large to be a signed attestation.');
  const file = JsonReader.parse(text, 'signed attestation');
  requireFormat(file, SIGNED_ATTESTATION_FORMAT, 'a signed attestation');
  const says = file.at('says').oneOf(['attest', 'withdraw'] as const);
  const texts = says === 'attest' ? ['uri', 'licence'] : [];
  file.keys(['format', 'chainId', 'attestations', 'says', 'dataset', 'source', ...texts, ...LAST]);
  const about = {
    dataset: file.at('dataset').hex(32),
    source: getAddress(file.at('source').hex(20)),
    nonce: file.at('nonce').natural(2n ** 256n),
    deadline: file.at('deadline').natural(2n ** 64n),
  };
  const word: SourceWord =
    says === 'withdraw'
      ? { ...about, says }
      : {
          ...about,
          says,
          uri: file.at('uri').string(MAX_ATTESTED_URI),
          licence: file.at('licence').string(MAX_LICENCE),
        };
  const place = { chainId: file.at('chainId').integer(), contract: getAddress(file.at('attestations').hex(20)) };
  file.at('typedData').requireSame(plain(attestationTypedData(place, word)));
  return { place, word, signature: file.at('signature').bytes(MAX_SIGNATURE) };
}

const LAST = ['nonce', 'deadline', 'signature', 'typedData'];

/** Typed data as `eth_signTypedData_v4` takes it: numbers beyond JavaScript's as text. */
function plain(typed: TypedDataDefinition): unknown {
  return JSON.parse(JSON.stringify(typed, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
}
