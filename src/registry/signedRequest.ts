// A request without a proof that was signed for a relay, as a file: whoever holds it may pay for it until the deadline.
import { type Address, getAddress, type Hex } from 'viem';
import type { JsonReader } from './jsonReader.ts';
import type { RequestField } from './programs/definition.ts';
import type { CallArgument } from './programs/targets.ts';
import { type RelayRequest, relayCall } from './relay.ts';
import { isPlain, PLAIN_REQUESTS, type PlainAction, plainFields } from './requests.ts';
import { claims, formatSigned, parseSigned, requireTypedData } from './signedFile.ts';

export const SIGNED_REQUEST_FORMAT = 'descent-signed-request/1';

/** Greatest length of a text in a request, in characters: contracts take less. */
const MAX_TEXT = 4_096;
/** Greatest length of a list of ids: no transaction has gas for more. */
const MAX_IDS = 65_536;

/** A request that needs no proof, with the signature of who asks. */
export interface SignedRequest {
  request: RelayRequest & { action: PlainAction };
  signature: Hex;
}

/** The call of the relay that carries it, whoever sends it. */
export function signedRequestCall({ request, signature }: SignedRequest): { to: Address; data: Hex } {
  return relayCall(request, signature);
}

/** Whether a text claims to be a signed request without a proof. */
export function isSignedRequest(text: string): boolean {
  return claims(text, SIGNED_REQUEST_FORMAT);
}

/** The text of the file. It also shows what was signed, as a wallet does; `parseSignedRequest` recomputes that. */
export function formatSignedRequest({ request, signature }: SignedRequest): string {
  const { relay, nonce, deadline, chainId, target, trainer, action } = request;
  const { dataset, ...others } = plainFields(action);
  // Of a list the id is signed, and the list is carried.
  const about = 'list' in action ? { list: action.list } : dataset === undefined ? {} : { dataset };
  const asked = { what: action.what, chainId: chainId.toString(), target, trainer, ...about, ...inJson(others) };
  return formatSigned(SIGNED_REQUEST_FORMAT, { relay, nonce, deadline, signature }, request, { request: asked });
}

/** @throws FileFormatError for anything but what `formatSignedRequest` writes. The signature is not checked. */
export function parseSignedRequest(text: string): SignedRequest {
  const { file, signature, ...carriage } = parseSigned(text, SIGNED_REQUEST_FORMAT, 'signed request', 'request');
  const asked = file.at('request');
  asked.names();
  const what = asked.at('what').oneOf(Object.keys(PLAIN_REQUESTS).filter((name) => isPlain({ what: name })));
  const action = readAction(asked, what as PlainAction['what']);
  const request = {
    ...carriage,
    chainId: asked.at('chainId').natural(2n ** 64n),
    target: getAddress(asked.at('target').hex(20)),
    trainer: getAddress(asked.at('trainer').hex(20)),
    action,
  };
  requireTypedData(file, () => request);
  return { request, signature };
}

function readAction(asked: JsonReader, what: PlainAction['what']): PlainAction {
  const takesList = what === 'attest' || what === 'withdrawAttestation';
  const fields: readonly RequestField[] = PLAIN_REQUESTS[what].fields;
  const plain = fields.filter(({ name }) => !(takesList && name === 'dataset'));
  const names = plain.map(({ name }) => name);
  asked.keys(['what', 'chainId', 'target', 'trainer', ...(takesList ? ['list'] : []), ...names]);
  const values = Object.fromEntries(plain.map(({ name, type }) => [name, readField(asked.at(name), type)]));
  return { what, ...(takesList && { list: readList(asked.at('list')) }), ...values } as PlainAction;
}

function readList(file: JsonReader) {
  file.keys(['registrar', 'shardIds', 'uri']);
  return {
    registrar: getAddress(file.at('registrar').hex(20)),
    shardIds: readIds(file.at('shardIds')),
    uri: file.at('uri').string(MAX_TEXT),
  };
}

function readIds(file: JsonReader): Hex[] {
  return file.list(MAX_IDS).map((id) => id.hex(32));
}

/** A value by its type in the struct: every type that PLAIN_REQUESTS has. */
function readField(file: JsonReader, type: string): unknown {
  switch (type) {
    case 'address':
      return getAddress(file.hex(20));
    case 'bytes32':
      return file.hex(32);
    case 'bytes32[]':
      return readIds(file);
    case 'string':
      return file.string(MAX_TEXT);
    case 'bool':
      return file.boolean();
    case 'uint8':
      return file.integer();
    case 'uint256':
      return file.natural(2n ** 256n);
    default:
      throw new RangeError(`no request has a field of type ${type}`);
  }
}

function inJson(values: Record<string, CallArgument>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
