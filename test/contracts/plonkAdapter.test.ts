// The worked foreign program: a real PLONK proof of snarkjs goes through the registry. The registry's own proofs are for a key
// whose secrets are known, which its verifiers check as they check real ones.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import hre from 'hardhat';
import {
  type AbiFunction,
  type Address,
  encodeAbiParameters,
  getAbiItem,
  type Hex,
  hexToBigInt,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem';
import { coefficientsOf, type PrunedProof, provePruned, prune } from '../../examples/foreign/pruned.ts';
import { prunedKey, prunedVerifier } from '../../examples/foreign/setup.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Weights } from '../../src/model/weights.ts';
import { R } from '../../src/numbers/field.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { ImportStatement } from '../../src/registry/programs/import.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { circuitFor, claimOf, oraclesOf } from '../../src/registry/statement.ts';
import { someModel } from '../support/models.ts';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { openScalars, proofAround } from './support/knownKey.ts';
import { commit, valueAtTau } from './support/knownTau.ts';
import { deployVerifiers } from './support/verifiersFixture.ts';

const WIDTHS = [4, 3, 2];
const SHAPE = encodeShape({ widths: WIDTHS, head: 'squared error' });
const KEPT = 10;
const FIRST_PROGRAM = 65536n;
const KIND_FOREIGN = 5;
const PROOF_WORDS = 35;
/** Places in the proof's words. */
const WORD = { parent: 0, mask: 4, opening: 6, digest: 8, kept: 9, value: 10, plonk: 11 };

/** Each word below the base field's order: a point's coordinate in the proof is changed to another of those. */
const wordsOf = (proof: Hex) =>
  Array.from({ length: PROOF_WORDS }, (_, i) => hexToBigInt(`0x${proof.slice(2 + 64 * i, 66 + 64 * i)}`));
const proofOf = (words: bigint[]) => encodeAbiParameters([{ type: `uint256[${PROOF_WORDS}]` }], [words as never]);

describe('a foreign program that snarkjs proves', { concurrency: false }, () => {
  let chain: TestChain;
  let registry: Contract;
  let adapter: Contract;
  let verifier: Address;
  let trainer: Address;
  let stranger: Address;
  let proved: PrunedProof;
  let seed = 8000n;
  const parent = someModel(WIDTHS);
  const child = prune(parent, KEPT, 77n);

  /** The import proof of a model. @param source of the statement */
  function imported(weights: Weights, source: Hex) {
    const statement: ImportStatement = {
      program: 'import',
      widths: WIDTHS,
      head: 'squared error',
      commitment: [commit(coefficientsOf(weights))],
      source,
      schema: NO_SCHEMA,
    };
    const maker = {
      chainId: BigInt(chain.id),
      registry: registry.address,
      trainer,
      program: CIRCUITS[circuitFor(statement)],
    };
    const { parameters, extra } = claimOf(statement);
    const opened = openScalars([[valueAtTau(coefficientsOf(weights))]], ++seed, { trace: 1, helper: 1, tables: false });
    const stated = { parameters, extra, oracles: oraclesOf(statement) };
    return { statement, proof: proofAround(maker, stated, opened, { seed: ++seed }) };
  }

  async function importModel(weights: Weights): Promise<void> {
    const { statement, proof } = imported(weights, zeroHash);
    const { functionName, args } = registryCall(statement, proof);
    await registry.send(functionName, args, trainer);
  }

  const edgeArguments = (foreignProof: Hex, parents: Hex[] = [proved.parent]) => {
    const { statement, proof } = imported(child, proved.child);
    const edge = {
      shape: SHAPE,
      schema: NO_SCHEMA,
      program: FIRST_PROGRAM,
      parents,
      child: statement.commitment,
      foreignProof,
    };
    return [edge, proofArgument(proof)];
  };

  const asked = (
    changes: Partial<{ registry: Address; trainer: Address; parents: Hex[]; child: Hex; proof: Hex }> = {},
  ) => {
    const told = { registry: registry.address, trainer, parents: [proved.parent], child: proved.child, ...changes };
    return adapter.read('verify', [told.registry, told.trainer, told.parents, told.child, told.proof ?? proved.proof]);
  };

  before(async () => {
    chain = await testChain();
    [, trainer, stranger] = chain.accounts;
    const verifiers = await deployVerifiers(chain);
    registry = new Contract(
      chain,
      await chain.deploy('ModelRegistry', [verifiers.address, zeroAddress]),
      modelRegistryAbi,
    );
    verifier = await chain.deploy('PrunedVerifier');
    const address = await chain.deploy('PlonkAdapter', [verifier, SHAPE, KEPT]);
    adapter = new Contract(chain, address, await abiOf('PlonkAdapter'));
    const programs = new Contract(chain, await registry.read('foreignPrograms'), await abiOf('ForeignPrograms'));
    await programs.send('add', [address], stranger);
    const context = { chainId: BigInt(chain.id), adapter: address, registry: registry.address, trainer };
    proved = await provePruned(commit, await prunedKey(), { parent, child, context });
  });

  // The threads of snarkjs would keep the process alive.
  after(() => (globalThis as { curve_bn128?: { terminate(): Promise<void> } | null }).curve_bn128?.terminate());

  it('has in git the verifier that its development key makes', async () => {
    const file = new URL('../../contracts/mocks/PrunedVerifier.sol', import.meta.url);
    assert.equal(readFileSync(file, 'utf8'), await prunedVerifier(await prunedKey()));
  });

  it('prunes to the largest entries', () => {
    assert.equal(proved.kept, KEPT);
    const kept = child.layers.flatMap(({ W, b }) => [...W, ...b]).filter((entry) => entry !== 0n);
    assert.equal(kept.length, KEPT);
  });

  it('says who it is', async () => {
    assert.equal(await adapter.read('name'), 'pruned parent, PLONK of snarkjs');
    assert.deepEqual(
      [await adapter.read('VERIFIER'), await adapter.read('SHAPE'), await adapter.read('MOST_KEPT')],
      [verifier, SHAPE, BigInt(KEPT)],
    );
    for (const [id, has] of [
      ['0x01ffc9a7', true],
      ['0xffffffff', false],
    ] as const)
      assert.equal(await adapter.read('supportsInterface', [id]), has);
  });

  it('accepts the proof that was made for this registry, trainer, parent and child', async () => {
    const selector = toFunctionSelector(getAbiItem({ abi: adapter.abi, name: 'verify' }) as AbiFunction);
    assert.equal(await asked(), selector);
  });

  it('refuses it for another registry, whose powers are the same', async () => {
    const verifiers = await registry.read('verifiers');
    const other = await chain.deploy('ModelRegistry', [verifiers, zeroAddress]);
    await reverts(asked({ registry: other }), 'OpeningRejected');
  });

  it('refuses it for another trainer', async () => {
    await reverts(asked({ trainer: stranger }), 'OpeningRejected');
  });

  it('refuses it for another parent, several or none', async () => {
    await reverts(asked({ parents: [proved.child] }), 'OtherModel', [proved.parent, proved.child]);
    await reverts(asked({ parents: [proved.parent, proved.child] }), 'NotOneParent', [2n]);
    await reverts(asked({ parents: [] }), 'NotOneParent', [0n]);
  });

  it('refuses it for another child', async () => {
    await reverts(asked({ child: proved.parent }), 'OtherModel', [proved.child, proved.parent]);
  });

  it('refuses it by another adapter, and a model of another shape or with more entries kept', async () => {
    const told = [registry.address, trainer, [proved.parent], proved.child, proved.proof];
    const other = async (shape: bigint, kept: number) =>
      new Contract(chain, await chain.deploy('PlonkAdapter', [verifier, shape, kept]), adapter.abi);
    await reverts((await other(SHAPE, KEPT)).read('verify', told), 'OpeningRejected');
    await reverts((await other(SHAPE, KEPT - 1)).read('verify', told), 'TooManyKept', [BigInt(KEPT), BigInt(KEPT - 1)]);
    const softmax = encodeShape({ widths: WIDTHS, head: 'softmax' });
    const call = (await other(softmax, KEPT)).read('verify', told);
    await assert.rejects(call, /OtherModel/);
  });

  describe('refuses a proof', () => {
    const changed = (at: number, to: (word: bigint) => bigint) => {
      const words = wordsOf(proved.proof);
      words[at] = to(words[at]);
      return asked({ proof: proofOf(words) });
    };

    it('that is shorter or longer', async () => {
      await reverts(asked({ proof: proved.proof.slice(0, -2) as Hex }), 'WrongProofLength', [1119n]);
      await reverts(asked({ proof: `${proved.proof}00` }), 'WrongProofLength', [1121n]);
    });

    it('with numbers that are not below the order of the field, or points that are none', async () => {
      for (const at of [WORD.digest, WORD.value])
        await reverts(
          changed(at, (word) => word + R),
          'MalformedProof',
        );
      for (const at of [WORD.mask, WORD.opening])
        await reverts(
          changed(at, (word) => word ^ 1n),
          'MalformedProof',
        );
    });

    it('with another digest, value or mask', async () => {
      for (const at of [WORD.digest, WORD.value])
        await reverts(
          changed(at, (word) => (word + 1n) % R),
          'OpeningRejected',
        );
      const words = wordsOf(proved.proof);
      const { x, y } = commit([5n]);
      words.splice(WORD.mask, 2, x, y);
      await reverts(asked({ proof: proofOf(words) }), 'OpeningRejected');
    });

    it('with fewer entries kept than there are, which the circuit counts', async () => {
      await reverts(
        changed(WORD.kept, (word) => word - 1n),
        'PlonkRejected',
      );
    });

    it('with any of the 24 words of PLONK changed', async () => {
      for (let i = 0; i < 24; i++)
        await reverts(
          changed(WORD.plonk + i, (word) => word ^ 1n),
          'PlonkRejected',
        );
    });
  });

  it('makes a node with the marks of a foreign child, by the registry', async () => {
    await importModel(parent);
    const words = wordsOf(proved.proof);
    words[WORD.plonk] ^= 1n;
    // What an adapter refuses with reaches the caller as it is.
    const errors = adapter.abi.filter(({ type }) => type === 'error');
    const withErrors = new Contract(chain, registry.address, [...modelRegistryAbi, ...errors]);
    await reverts(withErrors.simulate('registerForeign', edgeArguments(proofOf(words)), trainer), 'PlonkRejected');
    const before = await registry.read('nodeCount');
    const receipt = await registry.send('registerForeign', edgeArguments(proved.proof), trainer);
    assert.equal(await registry.read('nodeCount'), before + 1n);
    const node = await registry.read('node', [proved.child]);
    assert.deepEqual([node.kind, node.parent, node.trainer], [KIND_FOREIGN, proved.parent, trainer]);
    assert.equal(await registry.read('isForeign', [proved.child]), true);
    assert.equal(await registry.read('isForeign', [proved.parent]), false);
    assert.equal(await registry.read('foreignProgramOf', [proved.child]), FIRST_PROGRAM);
    assert.ok(hre.globalOptions.coverage || receipt.gasUsed < 1_080_000n, `${receipt.gasUsed}`);
  });
});
