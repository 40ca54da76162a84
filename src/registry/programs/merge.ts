import { concat, encodeFunctionData, type Hex, numberToHex, size, slice } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { circuitLayers, decodeAnyShape, encodeAnyShape, layerCount, shapeParameters } from '../../model/anyShape.ts';
import { checkCoefficients, MAX_PARENTS, MIN_PARENTS, packCoefficients } from '../../model/merge.ts';
import {
  checkSparse,
  MAX_TASKS,
  methodName,
  packCounts,
  packMethod,
  packSparseCoefficients,
  SPARSE_SLOTS,
  type SparseMethod,
  unpackCounts,
  unpackMethod,
} from '../../model/sparse/method.ts';
import { modelVector, slotWords } from '../../model/sparse/vector.ts';
import { R } from '../../numbers/field.ts';
import type { JsonReader } from '../jsonReader.ts';
import {
  namedModel,
  ONLY_FOLLOWS,
  type ProgramDefinition,
  type ShapeFields,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, requireShapeAnd, writtenShape } from './readers.ts';
import { checkModelCommitment, checkNotParent, checkShape, isSame } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** What a sparse merge, TIES or DARE, says beside parents and coefficients. The first parent is the base. */
export interface SparseStatement {
  method: SparseMethod;
  /** kept entries, of slot n of twelve and task i at 4 n + i - 1 (protocol section 15) */
  counts: number[];
}

/** The child is the rounded sum of its parents, each layer with its own coefficients; of a sparse merge what it says instead. */
export type MergeStatement = ShapeFields & {
  program: 'merge';
  child: Commitment;
  /** 2..8, the first line's first */
  parents: Commitment[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: number[][];
  sparse?: SparseStatement;
};

export const merge: ProgramDefinition<MergeStatement> = {
  program: 'merge',
  parameters(statement) {
    const shape = shapeOf(statement);
    const { sparse } = statement;
    if (sparse !== undefined) {
      const coefficients = packSparseCoefficients(statement.coefficients);
      return [...slotWords(modelVector(shape)), ...methodWords(sparse), ...coefficients];
    }
    return [...shapeParameters(shape), ...packCoefficients(statement.coefficients, circuitLayers(shape))];
  },
  // All that it says is in the parameters and commitments; those of a sparse merge say where tensors stand, not the shape.
  extra: (statement) => (statement.sparse === undefined ? [] : [encodeAnyShape(shapeOf(statement))]),
  oracles: ({ child, parents, sparse }) => [
    child,
    ...Array.from({ length: sparse === undefined ? MAX_PARENTS : MAX_TASKS + 1 }, (_, i) => parents[i] ?? []),
  ],
  subject(statement) {
    const model = namedModel(statement.child, statement);
    return { id: model.id, model, parents: parentsOf(statement) };
  },
  facts: (statement) => ({
    ...shapeFacts(statement),
    parents: statement.parents.length,
    ...(statement.sparse === undefined ? {} : { method: methodName(statement.sparse.method) }),
  }),
  leavesOpen: ({ sparse }) =>
    sparse !== undefined && sparse.method.kept.length > 0 ? `${ONLY_FOLLOWS} ${SEEDS_TRIED}` : ONLY_FOLLOWS,

  check(statement) {
    const shape = shapeOf(statement);
    checkShape(shape);
    checkParents(statement);
    checkModelCommitment('child', statement.child, shape);
    statement.parents.forEach((parent, i) => {
      checkModelCommitment(`parent ${i + 1}`, parent, shape);
    });
  },
  written: writtenShape,
  read(file) {
    const isSparse = file.names().includes('sparse');
    requireShapeAnd(file, ['child', 'parents', 'coefficients', ...(isSparse ? ['sparse'] : [])]);
    const fields = readModelShape(file);
    const shape = shapeOf(fields);
    const parents = file.at('parents').list(MAX_PARENTS).map(readCommitment);
    if (parents.length < MIN_PARENTS) file.at('parents').fail(`must be a list of at least ${MIN_PARENTS}`);
    const rows = file.at('coefficients').list(circuitLayers(shape));
    const coefficients = rows.map((row) => row.list(MAX_PARENTS).map((a) => a.integer()));
    file.guard(() => checkCoefficients(coefficients, layerCount(shape), parents.length));
    const sparse = isSparse ? { sparse: readSparse(file.at('sparse')) } : {};
    return { program: 'merge', ...fields, child: readCommitment(file.at('child')), parents, coefficients, ...sparse };
  },

  functionName: 'merge',
  call(statement, proof) {
    const { parents, coefficients, child } = statement;
    const shape = encodeAnyShape(shapeOf(statement));
    checkCoefficients(coefficients, layerCount(shapeOf(statement)), parents.length);
    const edge = { parents, shape, coefficients, child };
    if (statement.sparse !== undefined) {
      const args = [edge, methodBytes(statement.sparse), proof] as const;
      const functionName = 'mergeSparsely';
      return callOf(functionName, args, encodeFunctionData({ abi: modelRegistryAbi, functionName, args }));
    }
    const args = [edge, proof] as const;
    return callOf('merge', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'merge', args }));
  },
  decode(call) {
    if (call.functionName !== 'merge' && call.functionName !== 'mergeSparsely') return undefined;
    const [{ parents, shape, coefficients, child }] = call.args;
    const sparse = call.functionName === 'merge' ? {} : { sparse: sparseOf(call.args[1], parents.length - 1) };
    const proof = call.functionName === 'merge' ? call.args[1] : call.args[2];
    const statement: MergeStatement = {
      program: 'merge',
      ...shapeFields(decodeAnyShape(shape)),
      child: [...child],
      parents: parents.map((parent) => [...parent]),
      coefficients: coefficients.map((layer) => [...layer]),
      ...sparse,
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Register a merged model',
  requestFields: [
    { name: 'parents', type: 'bytes32[]' },
    { name: 'coefficients', type: 'int24[][]' },
    { name: 'child', type: 'bytes32' },
  ],
  request: (statement) => ({
    ...requireRelayed(statement),
    parents: parentsOf(statement),
    coefficients: statement.coefficients,
    child: namedModel(statement.child, statement).id,
  }),

  event(statement) {
    const parents = parentsOf(statement);
    const child = namedModel(statement.child, statement).id;
    const { coefficients, sparse } = statement;
    if (sparse !== undefined) return { name: 'MergedSparsely', args: { child, method: methodBytes(sparse) } };
    return { name: 'Merged', args: { child, firstParent: parents[0], parents, coefficients } };
  },
};

/** What a proof does not show of a mask. */
const SEEDS_TRIED = 'That nobody tried several seeds of the masks: whoever merges chooses the seed.';

/** The seven words of `mergeSparsely`. */
const METHOD_WORDS = 7;

function methodWords({ method, counts }: SparseStatement): bigint[] {
  return [packMethod(method), method.seed, ...packCounts(counts)];
}

function methodBytes(sparse: SparseStatement): Hex {
  return concat(methodWords(sparse).map((word) => numberToHex(word, { size: 32 })));
}

/** The inverse of methodBytes. @throws InputError for words that say no method */
export function sparseOf(method: Hex, tasks: number): SparseStatement {
  if (size(method) !== 32 * METHOD_WORDS) throw new InputError(`A method of a merge has ${32 * METHOD_WORDS} bytes.`);
  const words = Array.from({ length: METHOD_WORDS }, (_, i) => BigInt(slice(method, 32 * i, 32 * (i + 1))));
  const [word, seed, ...counts] = words;
  return { method: unpackMethod(word, seed, tasks), counts: unpackCounts(counts) };
}

/** @throws InputError for a merge that the relay does not carry */
function requireRelayed({ sparse }: MergeStatement): Record<string, never> {
  if (sparse === undefined) return {};
  throw new InputError(`The relay carries no merges by ${methodName(sparse.method)}: its code has no room for them.`, {
    hint: 'Send the edge itself: descent submit without a relay.',
  });
}

function readSparse(file: JsonReader): SparseStatement {
  file.keys(['method', 'counts']);
  const method = file.at('method');
  method.keys(['signs', 'normalize', 'kept', 'seed']);
  return {
    method: {
      signs: method.at('signs').boolean(),
      normalize: method.at('normalize').boolean(),
      kept: method
        .at('kept')
        .list(MAX_TASKS)
        .map((share) => share.integer()),
      seed: method.at('seed').natural(R),
    },
    counts: file
      .at('counts')
      .list(SPARSE_SLOTS * MAX_TASKS)
      .map((count) => count.integer()),
  };
}

/** What the circuit refuses of a sparse merge; WrongMethodWords and UnsupportedParents besides. */
function checkSparseStatement({ coefficients, sparse }: MergeStatement, layers: number): void {
  if (sparse === undefined) return;
  checkSparse(sparse.method, coefficients, layers);
  const { counts } = sparse;
  const isCount = (count: number) => Number.isInteger(count) && count >= 0 && count < 2 ** 24;
  if (counts.length !== SPARSE_SLOTS * MAX_TASKS || !counts.every(isCount)) {
    throw new InputError(`A sparse merge has ${SPARSE_SLOTS * MAX_TASKS} counts of 24 bits.`);
  }
}

function parentsOf(statement: MergeStatement) {
  return statement.parents.map((parent) => namedModel(parent, statement).id);
}

/** UnsupportedParents, CoefficientsMismatch, CoefficientOutOfRange, ParentTwice, ParentWithoutPart */
function checkParents(statement: MergeStatement): void {
  const { parents, coefficients, child } = statement;
  const count = parents.length;
  if (count < MIN_PARENTS || count > MAX_PARENTS)
    throw new InputError(`A merge has ${MIN_PARENTS} to ${MAX_PARENTS} parents, not ${count}.`);
  checkCoefficients(coefficients, layerCount(shapeOf(statement)), count);
  checkSparseStatement(statement, layerCount(shapeOf(statement)));
  parents.forEach((parent, i) => {
    const first = parents.findIndex((other) => isSame(other, parent));
    if (first !== i) throw new InputError(`Parents ${first + 1} and ${i + 1} of the merge are the same model.`);
    if (coefficients.every((row) => row[i] === 0))
      throw new InputError(`Parent ${i + 1} of the merge has no part in it: all its coefficients are 0.`);
  });
  checkNotParent(child, parents);
}
