// An edge that its trainer has signed for a relay: whoever holds the file may pay for its registration until the deadline.
import { type Address, getAddress, type Hex } from 'viem';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { type Edge, formatEdge, MAX_EDGE_LENGTH, readEdge, requireFormat } from './edge.ts';
import { JsonReader } from './jsonReader.ts';
import { type RelayRequest, relayCall, type TypedRequest, typedRequest } from './relay.ts';

export const SIGNED_EDGE_FORMAT = 'descent-signed-edge/2';

/** Greatest length of a contract account's signature, in bytes; keys sign with 65. */
const MAX_SIGNATURE = 8_192;
const MAX_LENGTH = MAX_EDGE_LENGTH + 4 * MAX_SIGNATURE + 10_000;

/** A signed request to register an edge. */
export interface SignedEdge {
  edge: Edge;
  relay: Address;
  nonce: bigint;
  /** the last second, since 1970, in which the request may be carried */
  deadline: bigint;
  signature: Hex;
}

/** What the edge's trainer signs. @param where and until when it may be carried */
export function edgeRequest(edge: Edge, where: Pick<SignedEdge, 'relay' | 'nonce' | 'deadline'>): RelayRequest {
  const { chainId, registry, trainer } = edge.context;
  const action = { what: 'statement', statement: edge.statement } as const;
  return { ...where, chainId, target: registry, trainer, action };
}

/** The call of the relay that registers the edge, whoever sends it. */
export function signedEdgeCall(signed: SignedEdge): { to: Address; data: Hex } {
  return relayCall(edgeRequest(signed.edge, signed), signed.signature, signed.edge.proof);
}

/** The text of the file. It also shows what was signed, as a wallet does; `parseSignedEdge` recomputes that. */
export function formatSignedEdge(signed: SignedEdge): string {
  const { edge, relay, nonce, deadline, signature } = signed;
  const file = {
    format: SIGNED_EDGE_FORMAT,
    relay,
    nonce: nonce.toString(),
    deadline: deadline.toString(),
    signature,
    typedData: plain(typedRequest(edgeRequest(edge, signed))),
    edge: JSON.parse(formatEdge(edge)),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Whether a text claims to be a signed edge, rather than an edge. */
export function isSignedEdge(text: string): boolean {
  try {
    return JSON.parse(text)?.format === SIGNED_EDGE_FORMAT;
  } catch {
    return false;
  }
}

/**
 * Reads a file that anyone may have written. Neither the signature nor the proof is verified here: the relay does both.
 * @throws FileFormatError for anything but a well-formed, consistent file, naming the place
 */
export function parseSignedEdge(text: string): SignedEdge {
  if (text.length > MAX_LENGTH) throw new FileFormatError('The file is too large to be a signed edge.');
  const file = JsonReader.parse(text, 'signed edge');
  requireFormat(file, SIGNED_EDGE_FORMAT, 'a signed edge');
  file.keys(['format', 'relay', 'nonce', 'deadline', 'signature', 'typedData', 'edge']);
  const signature = file.at('signature').string(2 + 2 * MAX_SIGNATURE);
  if (!/^0x([0-9a-fA-F]{2})*$/.test(signature)) file.at('signature').fail('must be bytes in hexadecimal');
  const signed: SignedEdge = {
    edge: readEdge(file.at('edge')),
    relay: getAddress(file.at('relay').hex(20)),
    nonce: file.at('nonce').natural(2n ** 256n),
    deadline: file.at('deadline').natural(2n ** 64n),
    signature: signature.toLowerCase() as Hex,
  };
  const request = file.guard(() => typedRequest(edgeRequest(signed.edge, signed)));
  file.at('typedData').requireSame(plain(request));
  return signed;
}

/** Typed data as `eth_signTypedData_v4` takes it: the chain as a number, numbers beyond JavaScript's as text. */
function plain({ domain, ...typed }: TypedRequest): unknown {
  const rest = JSON.stringify(typed, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  return { ...JSON.parse(rest), domain: { ...domain, chainId: Number(domain.chainId) } };
}
