import { encodeFunctionData, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { shapeParameters } from '../../model/anyShape.ts';
import { R } from '../../numbers/field.ts';
import {
  namedModel,
  type ProgramDefinition,
  type ShapeFields,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, requireShapeAnd, writtenShape } from './readers.ts';
import { checkModelCommitment, checkShape } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A committed model has exactly the weights that the seed determines. */
export type SeedStatement = ShapeFields & {
  program: 'seed';
  /** The request on chain that the seed belongs to. */
  requestId: bigint;
  seed: bigint;
  /** 32 bytes that the trainer drew before the request, which holds their hash */
  secret: Hex;
  commitment: Commitment;
};

export const seed: ProgramDefinition<SeedStatement> = {
  program: 'seed',
  parameters: (statement) => [...shapeParameters(shapeOf(statement)), statement.seed],
  extra: ({ requestId }) => [requestId],
  oracles: ({ commitment }) => [commitment],
  subject(statement) {
    const model = namedModel(statement.commitment, statement);
    return {
      id: model.id,
      model,
      parents: [],
      request: { id: statement.requestId, seed: statement.seed, secret: statement.secret },
    };
  },
  facts: (statement) => ({ ...shapeFacts(statement), requestId: statement.requestId, seed: statement.seed }),
  leavesOpen: () =>
    'That nobody tried several seeds: each draw costs a transaction and stays on chain, but is possible. ' +
    'Whether the secret is that of the request, only the chain tells.',

  check(statement) {
    checkShape(shapeOf(statement));
    checkModelCommitment('model', statement.commitment, shapeOf(statement));
    // UnknownSeedRequest: the registry numbers them from 1.
    if (statement.requestId < 1n) throw new InputError('Requests for seeds are numbered from 1, not from 0.');
    if (statement.seed >= R) throw new InputError('A seed is below the order of the field.');
  },
  written: writtenShape,
  read(file) {
    requireShapeAnd(file, ['requestId', 'seed', 'secret', 'commitment']);
    return {
      program: 'seed',
      requestId: file.at('requestId').natural(2n ** 256n),
      ...readModelShape(file),
      seed: file.at('seed').natural(R),
      secret: file.at('secret').hex(32),
      commitment: readCommitment(file.at('commitment')),
    };
  },

  functionName: 'seed',
  call({ requestId, secret, commitment }, proof) {
    const args = [requestId, secret, commitment, proof] as const;
    return callOf('seed', args, encodeFunctionData({ abi: modelRegistryAbi, functionName: 'seed', args }));
  },
  decode(call, drawn) {
    if (call.functionName !== 'seed') return undefined;
    const [requestId, secret, commitment, proof] = call.args;
    if (drawn === undefined) throw new FileFormatError('The call is of a seed that nobody drew.');
    return {
      statement: {
        program: 'seed',
        requestId,
        ...shapeFields(drawn.shape),
        seed: drawn.seed,
        secret,
        commitment: [...commitment],
      },
      proof: proofOf(proof),
    };
  },

  intent: 'Register a seed model',
  requestFields: [
    { name: 'requestId', type: 'uint256' },
    { name: 'model', type: 'bytes32' },
  ],
  request: (statement) => ({
    requestId: statement.requestId,
    model: namedModel(statement.commitment, statement).id,
  }),

  event(statement) {
    const { id } = namedModel(statement.commitment, statement);
    return { name: 'Seeded', args: { id, requestId: statement.requestId, seed: statement.seed } };
  },
};
