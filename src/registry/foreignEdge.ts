// A foreign child with the proof of its range and what its program's adapter takes, as a file, signed for a relay or not.
import type { Address, Hex } from 'viem';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { type Edge, type EdgeTransaction, edgeObject, MAX_EDGE_LENGTH, readEdge, requireFormat } from './edge.ts';
import { checkForeign, type ForeignStatement, foreignCall, MAX_FOREIGN_PROOF, MAX_PARENTS } from './foreign.ts';
import { JsonReader } from './jsonReader.ts';
import type { ImportStatement } from './programs/import.ts';
import { type RelayRequest, relayCall } from './relay.ts';
import { type Carriage, claims, formatSigned, parseSigned, requireTypedData } from './signedFile.ts';
import { resultId } from './statement.ts';

export const FOREIGN_FORMAT = 'descent-foreign/1';
export const SIGNED_FOREIGN_FORMAT = 'descent-signed-foreign/1';

/** A foreign child, ready to be registered. */
export interface ForeignEdge extends Pick<ForeignStatement, 'program' | 'parents' | 'foreignProof'> {
  /** the proof of its range: an import whose source is the child's id */
  range: Edge & { statement: ImportStatement };
}

/** A signed request to register one. */
export interface SignedForeign extends Carriage {
  child: ForeignEdge;
  signature: Hex;
}

/** What is registered, without the proof of its range. */
export function foreignStatement({ range, program, parents, foreignProof }: ForeignEdge): ForeignStatement {
  return { statement: range.statement, program, parents, foreignProof };
}

/** What to send to the chain. @throws InputError as `checkForeign` */
export function foreignTransaction(child: ForeignEdge): EdgeTransaction {
  const statement = foreignStatement(child);
  checkForeign(statement);
  const { chainId, trainer: from, registry: to } = child.range.context;
  return { chainId, from, to, ...foreignCall(statement, child.range.proof) };
}

/** The text of the file. It also says the child's id and the call data, which `parseForeign` recomputes. @throws InputError as `checkForeign` */
export function formatForeign(child: ForeignEdge): string {
  return `${JSON.stringify(foreignObject(child), null, 2)}\n`;
}

/** Whether a text claims to be a foreign child. */
export function isForeign(text: string): boolean {
  return claims(text, FOREIGN_FORMAT);
}

/** Whether a text claims to be a signed one. */
export function isSignedForeign(text: string): boolean {
  return claims(text, SIGNED_FOREIGN_FORMAT);
}

/**
 * Reads a file that anyone may have written. Neither proof is verified here.
 * @throws FileFormatError for anything but a well-formed, consistent file, naming the place
 */
export function parseForeign(text: string): ForeignEdge {
  if (text.length > MAX_EDGE_LENGTH + 8 * MAX_FOREIGN_PROOF) {
    throw new FileFormatError('The file is too large to be a foreign child.');
  }
  return readForeign(JsonReader.parse(text, 'foreign child'));
}

/** What the child's trainer signs. */
export function signedForeignRequest(child: ForeignEdge, { relay, nonce, deadline }: Carriage): RelayRequest {
  const { chainId, registry, trainer } = child.range.context;
  const action = { what: 'registerForeign', ...foreignStatement(child) } as const;
  return { relay, nonce, deadline, chainId, target: registry, trainer, action };
}

/** The call of the relay that registers the child, whoever sends it. */
export function signedForeignCall(signed: SignedForeign): { to: Address; data: Hex } {
  return relayCall(signedForeignRequest(signed.child, signed), signed.signature, signed.child.range.proof);
}

/** The text of the signed file; `parseSignedForeign` recomputes what was signed. */
export function formatSignedForeign(signed: SignedForeign): string {
  const { child } = signed;
  return formatSigned(SIGNED_FOREIGN_FORMAT, signed, signedForeignRequest(child, signed), {
    child: foreignObject(child),
  });
}

/** @throws FileFormatError as `parseForeign`. Signature and proofs are not verified here. */
export function parseSignedForeign(text: string): SignedForeign {
  const { file, ...carriage } = parseSigned(text, SIGNED_FOREIGN_FORMAT, 'signed foreign child', 'child');
  const signed = { child: readForeign(file.at('child')), ...carriage };
  requireTypedData(file, () => signedForeignRequest(signed.child, signed));
  return signed;
}

function foreignObject(child: ForeignEdge): Record<string, unknown> {
  const { program, parents, foreignProof, range } = child;
  const { data } = foreignTransaction(child);
  const id = resultId(range.statement);
  return { format: FOREIGN_FORMAT, id, program, parents, foreignProof, range: edgeObject(range), data };
}

function readForeign(file: JsonReader): ForeignEdge {
  requireFormat(file, FOREIGN_FORMAT, 'a foreign child');
  file.keys(['format', 'id', 'program', 'parents', 'foreignProof', 'range', 'data']);
  const range = readEdge(file.at('range'));
  const { statement } = range;
  if (statement.program !== 'import') return file.at('range').at('program').fail('must be import');
  const child = {
    range: { ...range, statement },
    program: file.at('program').integer(),
    parents: file
      .at('parents')
      .list(MAX_PARENTS)
      .map((parent) => parent.hex(32)),
    foreignProof: file.at('foreignProof').bytes(MAX_FOREIGN_PROOF),
  };
  const { data } = file.guard(() => foreignTransaction(child));
  file.at('id').requireSame(resultId(statement));
  file.at('data').requireSame(data);
  return child;
}
