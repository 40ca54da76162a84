// A child that a program of another proof system vouches for: a proof of its range as of an import whose source is the child itself,
// and what the program's adapter takes (docs/foreign-programs.md).
import { type Address, decodeFunctionData, encodeFunctionData, type Hex, keccak256 } from 'viem';
import type { Proof } from '../argument/types.ts';
import { InputError } from '../errors/InputError.ts';
import { modelRegistryAbi } from '../generated/abi.ts';
import { decodeAnyShape, encodeAnyShape } from '../model/anyShape.ts';
import { namedModel, type RequestField, shapeFields, shapeOf } from './programs/definition.ts';
import type { ImportStatement } from './programs/import.ts';
import { SHAPE_REQUEST, shapeRequest } from './programs/shapeRequest.ts';
import { callOf, proofArgument, proofOf, type RegistryCall } from './programs/targets.ts';
import { checkStatement, resultId } from './statement.ts';

/** Ids of foreign programs begin here: lower ones are for programs of this project. */
export const FIRST_FOREIGN_PROGRAM = 2 ** 16;
/** Most parents of a foreign child. */
export const MAX_PARENTS = 8;
/** Most bytes of a foreign proof in a file: no transaction has gas for more. */
export const MAX_FOREIGN_PROOF = 262_144;

/** What is registered of a foreign child, without the proof of its range. */
export interface ForeignStatement {
  /** its range; the source is its own id */
  statement: ImportStatement;
  /** id of the foreign program */
  program: number;
  /** ids of registered models, 1 to 8 different ones, in the order that the adapter takes */
  parents: readonly Hex[];
  /** in the adapter's own encoding */
  foreignProof: Hex;
}

/** Name of the typed struct that a trainer signs for the relay. */
export const FOREIGN_REQUEST = 'RegisterForeign';

const field = (name: string, type: string): RequestField => ({ name, type });

/** Its fields between trainer and nonce. The foreign proof stands there as its keccak256. */
export const FOREIGN_FIELDS: readonly RequestField[] = [
  field('program', 'uint256'),
  field('parents', 'bytes32[]'),
  ...SHAPE_REQUEST,
  field('schema', 'bytes32'),
  field('child', 'bytes32'),
  field('foreignProof', 'bytes32'),
];

/** The values of these fields. @throws InputError for sizes that no circuit takes */
export function foreignRequest({ statement, program, parents, foreignProof }: ForeignStatement) {
  return {
    program: BigInt(program),
    parents,
    ...shapeRequest(shapeOf(statement)),
    schema: statement.schema,
    child: resultId(statement),
    foreignProof: keccak256(foreignProof),
  };
}

/** The call of the registry that registers the child. @param proof of its range */
export function foreignCall(
  { statement, program, parents, foreignProof }: ForeignStatement,
  proof: Proof,
): RegistryCall {
  const { schema, commitment } = statement;
  const shape = encodeAnyShape(shapeOf(statement));
  const edge = { shape, schema, program: BigInt(program), parents, child: commitment, foreignProof };
  const args = [edge, proofArgument(proof)] as const;
  const functionName = 'registerForeign';
  return callOf(functionName, args, encodeFunctionData({ abi: modelRegistryAbi, functionName, args }));
}

/** The inverse of `foreignCall`. @returns undefined where the data is no such call, or of one that the registry refuses */
export function readForeignCall(data: Hex): { made: ForeignStatement; proof: Proof } | undefined {
  try {
    const call = decodeFunctionData({ abi: modelRegistryAbi, data });
    if (call.functionName !== 'registerForeign') return undefined;
    const [{ shape, schema, program, parents, child, foreignProof }, proof] = call.args;
    const fields = shapeFields(decodeAnyShape(shape));
    const commitment = [...child];
    const { id: source } = namedModel(commitment, fields);
    const statement: ImportStatement = { program: 'import', ...fields, commitment, source, schema };
    const made = { statement, program: Number(program), parents, foreignProof };
    checkForeign(made);
    return { made, proof: proofOf(proof) };
  } catch {
    return undefined;
  }
}

/** Who says that a foreign child follows from its parents, as a sentence. @param adapter as far as it is known */
export function vouchedInWords(program: number | bigint, adapter?: Address): string {
  const by = adapter === undefined ? '' : `, by its adapter ${adapter}`;
  return `That it follows from its parents is vouched for by foreign program ${program}${by}: Descent does not check it.`;
}

/**
 * Checks what the registry refuses whatever its state.
 * @throws InputError naming what does not fit: program, parents, source, shape
 */
export function checkForeign({ statement, program, parents }: ForeignStatement): void {
  checkStatement(statement);
  const id = resultId(statement);
  if (!Number.isSafeInteger(program) || program < FIRST_FOREIGN_PROGRAM) {
    throw new InputError(`${program} is no foreign program: their ids begin at ${FIRST_FOREIGN_PROGRAM}.`);
  }
  // ModelRegistry.UnsupportedParents, ParentTwice
  if (parents.length < 1 || parents.length > MAX_PARENTS) {
    throw new InputError(`A foreign child has 1 to ${MAX_PARENTS} parents, not ${parents.length}.`);
  }
  const twice = parents.find((parent, i) => parents.indexOf(parent) < i);
  if (twice !== undefined) throw new InputError(`${twice} is a parent twice.`);
  if (statement.source !== id) {
    throw new InputError(
      `The range of a foreign child is proved with its id ${id} as the source, not ${statement.source}.`,
    );
  }
}
