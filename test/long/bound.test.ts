// What the circuits do not read and h_0 binds, with real proofs: a changed word is refused by the contract.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { toHex } from 'viem';
import { encodeShape } from '../../src/model/shape.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { circuitFor, type StatementContext, secretHash } from '../../src/registry/statement.ts';
import { seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Contract, reverts, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

const WIDTHS = [5, 4, 3];
const SOURCE = toHex(5n, { size: 32 });
const SCHEMA = toHex(6n, { size: 32 });
const SECRET = toHex(7n, { size: 32 });

describe('words that only the contract reads, with real proofs', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let context: StatementContext;

  before(async () => {
    chain = await testChain();
    prover = await openProver(['data', 'seed', 'train', 'import']);
    ({ registry } = await deployContracts(chain));
    context = { chainId: 31337n, registry: registry.address, trainer: chain.accounts[1] };
  });
  after(() => prover.close());

  const call = (statement: Statement, proof: Parameters<typeof registryCall>[1]) => {
    const { functionName, args } = registryCall(statement, proof);
    return registry.simulate(functionName, args, context.trainer);
  };
  const send = ({ statement, proof }: { statement: Statement; proof: Parameters<typeof registryCall>[1] }) => {
    const { functionName, args } = registryCall(statement, proof);
    return registry.send(functionName, args, context.trainer);
  };
  const refuses = async (
    proved: { statement: Statement; proof: Parameters<typeof registryCall>[1] },
    edits: object[],
  ) => {
    for (const edit of edits) {
      const edited = { ...proved.statement, ...edit } as Statement;
      await reverts(call(edited, proved.proof), 'ProofRejected', [BigInt(CIRCUITS[circuitFor(edited)])]);
    }
  };

  it('source and schema of an import', async () => {
    const proved = await prover.proveImport(context, someModel(WIDTHS, 9, 77n), { source: SOURCE, schema: SCHEMA });
    await refuses(proved, [
      { source: SCHEMA },
      { schema: NO_SCHEMA },
      { schema: SOURCE },
      { source: SCHEMA, schema: SOURCE },
    ]);
    await send(proved);
  });

  it('the request of a seed, and the descriptor of the shard of a training', async () => {
    await registry.send(
      'requestSeed',
      [encodeShape({ widths: WIDTHS, head: 'squared error' }), secretHash(SECRET)],
      context.trainer,
    );
    await chain.mine(2);
    const seed: bigint = await registry.read('seedOf', [1n, SECRET]);
    const start = weightsFromSeedTrace({ widths: WIDTHS, head: 'squared error' }, seedTrace(WIDTHS, seed), 21n);
    // The same seed, proved for a request that is not its own: everything that the circuit reads is right.
    const foreign = await prover.proveSeed(context, start, { seed, requestId: 2n, secret: SECRET });
    await refuses(foreign, [{ requestId: 1n }]);
    await send(await prover.proveSeed(context, start, { seed, requestId: 1n, secret: SECRET }));

    // One commitment registered as classes and as numbers: rows and offsets, all that seg says, are the same.
    const shard = someShard(WIDTHS, 16, 'classes');
    const numbers = { ...shard, kind: 'regression' as const };
    await send(await prover.proveData(context, shard, SCHEMA));
    await send(await prover.proveData(context, numbers, SCHEMA));
    const { child, trace } = trainSegment(start, shard, { lr: 3, batch: 4, salt: 31n });
    const proved = await prover.proveTrain(context, { parent: start, child, shard, lr: 3, batch: 4, trace });
    const { inputs, outputs, rows } = shard;
    await refuses(proved, [{ shard: { inputs, outputs, rows, kind: 'regression' } }]);
    assert.equal((await send(proved)).status, 'success');
  });
});
