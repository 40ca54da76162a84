// What files with a trainer's signed request for the relay have in common, whatever was signed.
import { type Address, getAddress, type Hex } from 'viem';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { requireFormat } from './edge.ts';
import { MAX_RUN_LENGTH } from './edgeRun.ts';
import { JsonReader } from './jsonReader.ts';
import { type RelayRequest, type TypedRequest, typedRequest } from './relay.ts';

/** Greatest length of a contract account's signature, in bytes; keys sign with 65. */
const MAX_SIGNATURE = 8_192;
const MAX_LENGTH = MAX_RUN_LENGTH + 4 * MAX_SIGNATURE + 100_000;

/** Where and until when a request may be carried. */
export interface Carriage {
  relay: Address;
  nonce: bigint;
  /** the last second, since 1970, in which the request may be carried */
  deadline: bigint;
}

/** The text of a signed file. @param content what was signed, as an object of JSON, under its name */
export function formatSigned(
  format: string,
  { relay, nonce, deadline, signature }: Carriage & { signature: Hex },
  request: RelayRequest,
  content: object,
): string {
  const file = {
    format,
    relay,
    nonce: nonce.toString(),
    deadline: deadline.toString(),
    signature,
    typedData: plain(typedRequest(request)),
    ...content,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** What all signed files hold, and the rest to read. @throws FileFormatError for another format or damaged fields */
export function parseSigned(text: string, format: string, what: string, content: string) {
  if (text.length > MAX_LENGTH) throw new FileFormatError(`The file is too large to be a ${what}.`);
  const file = JsonReader.parse(text, what);
  requireFormat(file, format, `a ${what}`);
  file.keys(['format', 'relay', 'nonce', 'deadline', 'signature', 'typedData', content]);
  return {
    file,
    relay: getAddress(file.at('relay').hex(20)),
    nonce: file.at('nonce').natural(2n ** 256n),
    deadline: file.at('deadline').natural(2n ** 64n),
    signature: file.at('signature').bytes(MAX_SIGNATURE),
  };
}

/** @throws FileFormatError unless the typed data follow from the rest */
export function requireTypedData(file: JsonReader, request: () => RelayRequest): void {
  file.at('typedData').requireSame(plain(file.guard(() => typedRequest(request()))));
}

/** Whether a text claims a format, of whatever version. */
export function claims(text: string, format: string): boolean {
  try {
    return String(JSON.parse(text)?.format).startsWith(format.slice(0, format.indexOf('/') + 1));
  } catch {
    return false;
  }
}

/** Typed data as `eth_signTypedData_v4` takes it: the chain as a number, numbers beyond JavaScript's as text. */
function plain({ domain, ...typed }: TypedRequest): unknown {
  const rest = JSON.stringify(typed, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  return { ...JSON.parse(rest), domain: { ...domain, chainId: Number(domain.chainId) } };
}
