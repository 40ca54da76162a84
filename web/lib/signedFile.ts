import { type Address, type Hex, isAddressEqual, recoverTypedDataAddress } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { formatEdge } from '../../src/registry/edge.ts';
import { formatRun } from '../../src/registry/edgeRun.ts';
import { isSignedForeign } from '../../src/registry/foreignEdge.ts';
import { type RelayRequest, type TypedRequest, typedRequest } from '../../src/registry/relay.ts';
import {
  edgeRequest,
  isSignedEdge,
  isSignedRun,
  parseSignedEdge,
  parseSignedRun,
  runRequest,
  signedEdgeCall,
  signedRunCall,
} from '../../src/registry/signedEdge.ts';
import { isSignedRequest, parseSignedRequest, signedRequestCall } from '../../src/registry/signedRequest.ts';
import { callWords } from './callWords.ts';

/** A request that its trainer signed: anybody may pay for it. */
export interface SignedFile {
  chainId: number;
  relay: Address;
  /** the contract that the relay calls */
  target: Address;
  trainer: Address;
  nonce: bigint;
  /** the last second, since 1970, in which it may be carried */
  deadline: number;
  signature: Hex;
  typed: TypedRequest;
  /** of the relay */
  call: { to: Address; data: Hex };
  /** the edge or the run that was signed; undefined where nothing is proved */
  proved?: string;
  /** what a request without a proof does, and the page of what it is about */
  plain?: { what: string; page: string };
}

/** @throws FileFormatError naming what is wrong with it; for a foreign child too, which this page does not check */
export function readSigned(text: string): SignedFile {
  if (isSignedForeign(text)) {
    throw new FileFormatError('This is the signed file of a foreign child, which this page does not check.', {
      hint: 'descent submit carries it.',
    });
  }
  if (isSignedRequest(text)) {
    const signed = parseSignedRequest(text);
    const { request } = signed;
    const about = { what: callWords(request.action.what), page: pageOf(request) };
    return { ...signedFile(request, signed.signature, signedRequestCall(signed)), plain: about };
  }
  if (isSignedRun(text)) {
    const signed = parseSignedRun(text);
    const file = signedFile(runRequest(signed.run, signed), signed.signature, signedRunCall(signed));
    return { ...file, proved: formatRun(signed.run) };
  }
  if (!isSignedEdge(text)) throw new FileFormatError('Not a signed file that this page knows.');
  const signed = parseSignedEdge(text);
  const file = signedFile(edgeRequest(signed.edge, signed), signed.signature, signedEdgeCall(signed));
  return { ...file, proved: formatEdge(signed.edge) };
}

function signedFile(request: RelayRequest, signature: Hex, call: SignedFile['call']): SignedFile {
  const { chainId, relay, target, trainer, nonce, deadline } = request;
  const where = { chainId: Number(chainId), relay, target, trainer };
  return { ...where, nonce, deadline: Number(deadline), signature, call, typed: typedRequest(request) };
}

function pageOf({ action, trainer }: RelayRequest): string {
  const { model, node, dataset } = action as { model?: Hex; node?: Hex; dataset?: Hex };
  const id = model ?? node;
  return id ? `/model/${id}` : dataset ? `/dataset/${dataset}` : `/trainer/${trainer}`;
}

/** Whether the trainer's own key made the signature. An account that is a contract signs otherwise, as the chain can tell. */
export async function isSignedByKey({ typed, signature, trainer }: SignedFile): Promise<boolean> {
  try {
    const request = { ...typed, signature } as unknown as Parameters<typeof recoverTypedDataAddress>[0];
    return isAddressEqual(await recoverTypedDataAddress(request), trainer);
  } catch {
    return false;
  }
}
