import { type Address, getAddress, type Hex } from 'viem';
import type { Proof } from '../argument/types.ts';
import { FileFormatError } from '../errors/FileFormatError.ts';
import { CHUNK_COORDINATES } from '../numbers/constants.ts';
import { R } from '../numbers/field.ts';
import { registryCall } from './calls.ts';
import { JsonReader } from './jsonReader.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { PROGRAM_NAMES, type Program } from './programs/list.ts';
import { readCommitment, readPoint } from './programs/readers.ts';
import type { RegistryCall } from './programs/targets.ts';
import {
  checkStatement,
  chunkBitsOf,
  commitmentsOf,
  parametersOf,
  resultId,
  type StatementContext,
  signalsOf,
} from './statement.ts';

export const EDGE_FORMAT = 'descent-edge/5';

/** Greatest size of an edge file, in characters. A real one takes about 15,000; every oracle may have 256 chunks. */
export const MAX_EDGE_LENGTH = 1_000_000;
const MAX_METADATA = 32;
const MAX_METADATA_LENGTH = 1_000;

/**
 * Demands a format before anything else is read, so that a file of another version is told from a damaged one.
 * @param what the kind of file, such as `an edge`
 */
export function requireFormat(file: JsonReader, wanted: string, what: string): void {
  file.names();
  const format = file.at('format').string(64);
  if (format === wanted) return;
  const isOther = format.slice(0, format.indexOf('/')) === wanted.slice(0, wanted.indexOf('/'));
  throw new FileFormatError(`This is not ${what} of format ${wanted} but ${JSON.stringify(format)}.`, {
    hint: isOther
      ? 'Another version of Descent made it, for registries of that version, whose proofs do not hold here. ' +
        'Submit it with that version, or prove the statement again with this one.'
      : '',
  });
}

/** A proved statement, with everything a wallet needs to submit it and a stranger to verify it. */
export interface Edge {
  /** who may submit it, where */
  context: StatementContext;
  statement: Statement;
  proof: Proof;
  /** keccak256 of the 18 words of the verification key that the proof is made for */
  verificationKey: Hex;
  /** whether that key is a development key: then the proof shows nothing */
  devKeys: boolean;
  /** free text by name, such as `name`; nothing vouches for it */
  metadata: Record<string, string>;
}

/** The transaction that registers an edge; it counts only if `from` signs it. */
export interface EdgeTransaction extends RegistryCall {
  chainId: bigint;
  from: Address;
  to: Address;
}

/** What to send to the chain. */
export function edgeTransaction({ context, statement, proof }: Edge): EdgeTransaction {
  return { chainId: context.chainId, from: context.trainer, to: context.registry, ...registryCall(statement, proof) };
}

/**
 * The text of an edge file. It also states what follows from the rest (id, parameters, signals, transaction), so that
 * it can be used without this library; `parseEdge` recomputes all of that.
 */
export function formatEdge(edge: Edge): string {
  return `${JSON.stringify(edgeObject(edge), null, 2)}\n`;
}

/**
 * Reads an edge file that anyone may have written. Whatever follows from the rest is compared with it; the proof itself
 * is not verified here.
 * @throws FileFormatError for anything but a well-formed, consistent file, naming the place
 */
export function parseEdge(text: string): Edge {
  if (text.length > MAX_EDGE_LENGTH) throw new FileFormatError('The file is too large to be an edge.');
  return readEdge(JsonReader.parse(text, 'edge'));
}

/** The same of an edge within another file. @throws FileFormatError as `parseEdge` */
export function readEdge(file: JsonReader): Edge {
  requireFormat(file, EDGE_FORMAT, 'an edge');
  file.keys([
    'format',
    'program',
    'devKeys',
    'verificationKey',
    'origin',
    'statement',
    'id',
    'parameters',
    'commitments',
    'proof',
    'signals',
    'transaction',
    'metadata',
  ]);
  const program = file.at('program').oneOf(PROGRAM_NAMES);
  const edge: Edge = {
    context: readContext(file.at('origin')),
    statement: readChecked(file.at('statement'), program),
    proof: readProof(file.at('proof')),
    verificationKey: file.at('verificationKey').hex(32),
    devKeys: file.at('devKeys').boolean(),
    metadata: readMetadata(file.at('metadata')),
  };
  const wanted = 1 + chunkBitsOf(edge.statement, edge.proof.points);
  if (edge.proof.challenges.chunk.length !== wanted)
    file.at('proof').at('challenges').at('chunk').fail(`must have ${wanted} entries`);
  requireConsistent(file, edge);
  return edge;
}

/** What an edge file says, as an object of JSON. */
export function edgeObject(edge: Edge): Record<string, unknown> {
  const { context, statement, proof } = edge;
  const { program, ...fields } = { ...statement, ...definitionOf(statement).written?.(statement) };
  const { chainId, from, to, functionName, args, data } = edgeTransaction(edge);
  return {
    format: EDGE_FORMAT,
    program,
    devKeys: edge.devKeys,
    verificationKey: edge.verificationKey,
    origin: { chainId: context.chainId.toString(), registry: context.registry, trainer: context.trainer },
    statement: plain(fields),
    id: resultId(statement),
    parameters: plain(parametersOf(statement)),
    commitments: plain(commitmentsOf(statement)),
    proof: plain(proof),
    signals: plain(signalsOf(context, statement, proof)),
    transaction: { chainId: chainId.toString(), from, to, value: '0', function: functionName, args: plain(args), data },
    metadata: edge.metadata,
  };
}

function readContext(file: JsonReader): StatementContext {
  file.keys(['chainId', 'registry', 'trainer']);
  return {
    chainId: file.at('chainId').natural(2n ** 53n),
    registry: getAddress(file.at('registry').hex(20)),
    trainer: getAddress(file.at('trainer').hex(20)),
  };
}

/** A statement that the contract would take: sizes fit, parents differ and have a part. */
function readChecked(file: JsonReader, program: Program): Statement {
  const statement = definitionOf({ program }).read(file);
  file.guard(() => checkStatement(statement));
  return statement;
}

function readProof(file: JsonReader): Proof {
  file.keys(['groth16', 'points', 'challenges']);
  const groth16 = file.at('groth16').list(8);
  if (groth16.length !== 8) file.at('groth16').fail('must have 8 words');
  const points = file.at('points');
  points.keys(['trace', 'helper', 'rows', 'columns', 'quotient', 'quotient2', 'opening']);
  const challenges = file.at('challenges');
  challenges.keys(['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2', 'chunk', 'digest']);
  const challenge = (name: string) => challenges.at(name).natural(R);
  const chunk = challenges.at('chunk').list(1 + CHUNK_COORDINATES);
  return {
    groth16: groth16.map((word) => word.coordinate()),
    points: {
      trace: readCommitment(points.at('trace')),
      helper: readCommitment(points.at('helper')),
      rows: readPoint(points.at('rows')),
      columns: readPoint(points.at('columns')),
      quotient: readPoint(points.at('quotient')),
      quotient2: readPoint(points.at('quotient2')),
      opening: readPoint(points.at('opening')),
    },
    challenges: {
      eta: challenge('eta'),
      gamma: challenge('gamma'),
      theta: challenge('theta'),
      gamma2: challenge('gamma2'),
      z: challenge('z'),
      e2: challenge('e2'),
      chunk: chunk.map((coordinate) => coordinate.natural(R)),
      digest: challenge('digest'),
    },
  };
}

function readMetadata(file: JsonReader): Record<string, string> {
  const names = file.names();
  if (names.length > MAX_METADATA) file.fail(`must have at most ${MAX_METADATA} entries`);
  return Object.fromEntries(names.map((name) => [name, file.at(name).string(MAX_METADATA_LENGTH)]));
}

/** Compares everything in the file that follows from the rest. */
function requireConsistent(file: JsonReader, edge: Edge): void {
  const derived = file.guard(() => edgeObject(edge));
  for (const name of ['id', 'parameters', 'commitments', 'signals', 'transaction']) {
    file.at(name).requireSame(derived[name]);
  }
}

/** Large numbers as hexadecimal strings: JSON has none. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
  }
  return value;
}
