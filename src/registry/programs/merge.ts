import { encodeFunctionData } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { circuitLayers, decodeAnyShape, encodeAnyShape, layerCount, shapeParameters } from '../../model/anyShape.ts';
import { checkCoefficients, MAX_PARENTS, MIN_PARENTS, packCoefficients } from '../../model/merge.ts';
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

/** The child is the rounded sum of its parents, each layer with its own coefficients. */
export type MergeStatement = ShapeFields & {
  program: 'merge';
  child: Commitment;
  /** 2..8, the first line's first */
  parents: Commitment[];
  /** [layer 1..L][parent], integers over 2^14 in (-2^17, 2^17) */
  coefficients: number[][];
};

export const merge: ProgramDefinition<MergeStatement> = {
  program: 'merge',
  parameters(statement) {
    const shape = shapeOf(statement);
    return [...shapeParameters(shape), ...packCoefficients(statement.coefficients, circuitLayers(shape))];
  },
  // All that it says is in the parameters and commitments.
  extra: () => [],
  oracles: ({ child, parents }) => [child, ...Array.from({ length: MAX_PARENTS }, (_, i) => parents[i] ?? [])],
  subject(statement) {
    const model = namedModel(statement.child, statement);
    return { id: model.id, model, parents: parentsOf(statement) };
  },
  facts: (statement) => ({ ...shapeFacts(statement), parents: statement.parents.length }),
  leavesOpen: () => ONLY_FOLLOWS,

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
    requireShapeAnd(file, ['child', 'parents', 'coefficients']);
    const fields = readModelShape(file);
    const shape = shapeOf(fields);
    const parents = file.at('parents').list(MAX_PARENTS).map(readCommitment);
    if (parents.length < MIN_PARENTS) file.at('parents').fail(`must be a list of at least ${MIN_PARENTS}`);
    const rows = file.at('coefficients').list(circuitLayers(shape));
    const coefficients = rows.map((row) => row.list(MAX_PARENTS).map((a) => a.integer()));
    file.guard(() => checkCoefficients(coefficients, layerCount(shape), parents.length));
    return { program: 'merge', ...fields, child: readCommitment(file.at('child')), parents, coefficients };
  },

  functionName: 'merge',
  call(statement, proof) {
    const { parents, coefficients, child } = statement;
    const shape = encodeAnyShape(shapeOf(statement));
    checkCoefficients(coefficients, layerCount(shapeOf(statement)), parents.length);
    const args = [{ parents, shape, coefficients, child }, proof] as const;
    return callOf('merge', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'merge', args }));
  },
  decode(call) {
    if (call.functionName !== 'merge') return undefined;
    const [{ parents, shape, coefficients, child }, proof] = call.args;
    const statement: MergeStatement = {
      program: 'merge',
      ...shapeFields(decodeAnyShape(shape)),
      child: [...child],
      parents: parents.map((parent) => [...parent]),
      coefficients: coefficients.map((layer) => [...layer]),
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
    parents: parentsOf(statement),
    coefficients: statement.coefficients,
    child: namedModel(statement.child, statement).id,
  }),

  event(statement) {
    const parents = parentsOf(statement);
    const child = namedModel(statement.child, statement).id;
    const { coefficients } = statement;
    return { name: 'Merged', args: { child, firstParent: parents[0], parents, coefficients } };
  },
};

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
  parents.forEach((parent, i) => {
    const first = parents.findIndex((other) => isSame(other, parent));
    if (first !== i) throw new InputError(`Parents ${first + 1} and ${i + 1} of the merge are the same model.`);
    if (coefficients.every((row) => row[i] === 0))
      throw new InputError(`Parent ${i + 1} of the merge has no part in it: all its coefficients are 0.`);
  });
  checkNotParent(child, parents);
}
