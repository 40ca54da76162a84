// The verifier that snarkjs generates, as a reference: for a real key and proof it and our contract give the same verdicts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
// @ts-expect-error: snarkjs has no types
import { zKey } from 'snarkjs';
import type { Abi, Address, BaseError, Hex } from 'viem';
import { ContractFunctionRevertedError } from 'viem';
import { keyFiles, SRS_JSON } from '../../scripts/setup/paths.ts';
import type { Point, Proof } from '../../src/argument/types.ts';
import { P, R } from '../../src/numbers/field.ts';
import { parseSrs } from '../../src/registry/opening.ts';
import { g2Point } from '../../src/registry/points.ts';
import { CIRCUIT_NAMES, CIRCUITS } from '../../src/registry/programs/list.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import {
  type Claim,
  circuitSignals,
  claimOf,
  digest,
  digestsOf,
  publicSignals,
  type StatementContext,
} from '../../src/registry/statement.ts';
import { keyWords } from '../../src/registry/verificationKey.ts';
import { Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { pointOf, twistPointOutsideGroup } from '../contracts/support/knownTau.ts';
import { deployVerifiers } from '../contracts/support/verifiersFixture.ts';
import { someShard } from '../support/models.ts';
import { openProver, verifierKeys } from '../support/prover.ts';

const PROGRAM = 'data';
const ID = CIRCUITS[PROGRAM];
/** Where A, B and C begin in the words of a proof. */
const [A, B, C] = [0, 2, 6];

/** The contract of the program's key, by snarkjs' own template. */
async function compiled(): Promise<{ abi: Abi; bytecode: Hex }> {
  const require = createRequire(import.meta.url);
  const folder = new URL('../../node_modules/snarkjs/templates/', import.meta.url);
  const groth16 = readFileSync(new URL('verifier_groth16.sol.ejs', folder), 'utf8');
  const content: string = await zKey.exportSolidityVerifier(keyFiles(PROGRAM).zkey, { groth16 });
  const solc = require('solc') as { compile(input: string): string };
  const settings = { outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } };
  const input = { language: 'Solidity', sources: { 'Verifier.sol': { content } }, settings };
  const { contracts, errors = [] } = JSON.parse(solc.compile(JSON.stringify(input)));
  assert.deepEqual(
    errors.filter(({ severity }: { severity: string }) => severity === 'error'),
    [],
  );
  const { abi, evm } = contracts['Verifier.sol'].Groth16Verifier;
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}

describe(`the verifier that snarkjs generates for ${PROGRAM}, and ours`, () => {
  let chain: TestChain;
  let verifiers: Contract;
  let theirs: Contract;
  let caller: Address;
  let trainer: Address;
  let claim: Claim;
  let honest: Proof;
  let context: StatementContext;

  before(async () => {
    chain = await testChain();
    [, trainer, caller] = chain.accounts;
    const { vkey } = verifierKeys(PROGRAM);
    const srs = parseSrs(JSON.parse(readFileSync(SRS_JSON, 'utf8')));
    verifiers = await deployVerifiers(chain, {
      keys: CIRCUIT_NAMES.map(() => ({ words: keyWords(vkey) })),
      srs,
    });
    const { abi, bytecode } = await compiled();
    const hash = await chain.wallet.deployContract({ abi, bytecode, account: trainer, chain: chain.wallet.chain });
    const { contractAddress } = await chain.read.getTransactionReceipt({ hash });
    theirs = new Contract(chain, contractAddress as Address, abi);

    context = { chainId: BigInt(chain.id), registry: caller, trainer };
    const prover = await openProver([PROGRAM]);
    const { statement, proof } = await prover.proveData(context, someShard([3, 2], 5));
    await prover.close();
    [claim, honest] = [claimOf(statement), proof];
  });

  /** What ours says, by whatever way it refuses; for a lack of gas it refuses nothing here. */
  async function accepts(proof: Proof, claimed: Claim): Promise<boolean> {
    const args = [trainer, BigInt(ID), claimed, proofArgument(proof)];
    const error = await verifiers.read('verify', args, caller).then(
      () => undefined,
      (reason: BaseError) => reason,
    );
    if (!error) return true;
    const revert = error.walk((e) => e instanceof ContractFunctionRevertedError);
    const name = (revert as ContractFunctionRevertedError | null)?.data?.errorName ?? error.message;
    assert.ok(['ProofRejected', 'InvalidPoint', 'SignalNotInField'].includes(name), name);
    return false;
  }

  /** What both say. */
  async function verdict(proof: Proof, claimed = claim): Promise<boolean> {
    const { parameters, extra, commitments } = claimed;
    const { points, challenges } = proof;
    const h0 = digest(context, ID, [...parameters, ...extra], commitments);
    const signals = circuitSignals(challenges, challenges.chunk.length - 1, digestsOf(h0, points), parameters);
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof.groth16;
    const b = [
      [bx1, bx0],
      [by1, by0],
    ];
    const accepted: boolean = await theirs.read('verifyProof', [
      [ax, ay],
      b,
      [cx, cy],
      publicSignals(challenges.digest, signals),
    ]);
    assert.equal(await accepts(proof, claimed), accepted, proof.groth16.join(' '));
    return accepted;
  }

  const words = (at: number, ...values: readonly bigint[]): Proof => ({
    ...honest,
    groth16: honest.groth16.toSpliced(at, values.length, ...values),
  });
  const refused = async (...proofs: readonly Proof[]) => {
    for (const proof of proofs) assert.equal(await verdict(proof), false);
  };

  it('accept an honest proof', async () => {
    assert.equal(await verdict(honest), true);
  });

  it('refuse a proof of which any word is another', async () => {
    for (const [at, word] of honest.groth16.entries())
      for (const other of [0n, 1n, word + 1n, word - 1n, P - word, P - 1n, word ^ (1n << 200n)])
        await refused(words(at, other % P));
  });

  it('refuse words of the order of the field and above, those that are honest but for it among them', async () => {
    for (const [at, word] of honest.groth16.entries())
      for (const other of [P, word + P, word + 2n * P, 2n ** 256n - 1n]) await refused(words(at, other));
  });

  it('refuse points and words that are swapped', async () => {
    const { groth16 } = honest;
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = groth16;
    await refused(
      words(A, cx, cy, bx1, bx0, by1, by0, ax, ay),
      words(A, ay, ax),
      words(C, cy, cx),
      words(B, bx0, bx1, by0, by1),
      words(B, by1, by0, bx1, bx0),
    );
    for (let at = 1; at < 8; at++) await refused(words(at - 1, groth16[at], groth16[at - 1]));
  });

  it('refuse infinity and other points for A, B or C, one or all of them, and points beside the group', async () => {
    const { x, y } = pointOf(987654321n);
    const [, ay, bx1, bx0, by1, by0, , cy] = honest.groth16;
    await refused(
      words(A, 0n, 0n),
      words(B, 0n, 0n, 0n, 0n),
      words(C, 0n, 0n),
      words(A, ...new Array<bigint>(8).fill(0n)),
      words(A, x, y),
      words(C, x, y),
      words(A + 1, P - ay),
      words(B, bx1, bx0, P - by1, P - by0),
      words(C + 1, P - cy),
      words(B, ...twistPointOutsideGroup()),
    );
  });

  it('accept the same proof with other blinding: A t and B / t, B + t delta and C + t A', async () => {
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = honest.groth16;
    const { Fn } = bn254.G1.Point;
    const [a, b, c] = [g1({ x: ax, y: ay }), g2Point([bx1, bx0, by1, by0]), g1({ x: cx, y: cy })];
    for (const t of [R - 1n, 3n, 123456789n]) {
      const delta = g2Point(verifierKeys(PROGRAM).vkey.delta).multiply(t);
      for (const [a2, b2, c2] of [
        [a.multiply(t), b.multiply(Fn.inv(t)), c],
        [a, b.add(delta), c.add(a.multiply(t))],
      ] as const) {
        const [one, two, three] = [a2.toAffine(), b2.toAffine(), c2.toAffine()];
        const { x, y } = two;
        assert.equal(await verdict(words(A, one.x, one.y, x.c1, x.c0, y.c1, y.c0, three.x, three.y)), true);
      }
    }
  });

  it('refuse every other public signal, of r and above too', async () => {
    const { challenges } = honest;
    for (const digest of [0n, 1n, challenges.digest + 1n, R - 1n, R, challenges.digest + R, 2n ** 256n - 1n])
      await refused({ ...honest, challenges: { ...challenges, digest } });
  });

  it('refuse a proof for another statement', async () => {
    const { parameters, extra, commitments } = claim;
    for (const other of [
      { parameters: [parameters[0] + 1n] },
      { parameters: [parameters[0] + R] },
      { extra: [extra[0] + 1n] },
      { extra: [...extra, 0n] },
      { commitments: [pointOf(5n)] },
      { commitments: commitments.map(({ x, y }) => ({ x, y: P - y })) },
    ])
      assert.equal(await verdict(honest, { ...claim, ...other }), false);
  });
});

const g1 = (point: Point) => bn254.G1.Point.fromAffine(point);
