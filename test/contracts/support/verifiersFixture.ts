// The contract of verifiers with a key whose secrets are known, and claims with proofs for it.
import type { Address } from 'viem';
import type { Proof } from '../../../src/argument/types.ts';
import { powersOnChain, type SrsPowers } from '../../../src/registry/opening.ts';
import { proofArgument } from '../../../src/registry/programs/targets.ts';
import { abiOf, Contract, type TestChain } from './chain.ts';
import {
  claimArgument,
  type KnownKey,
  type Maker,
  openScalars,
  proofAround,
  type Stated,
  TEST_KEY,
} from './knownKey.ts';
import { elements, type Opened, pointOf, TEST_SRS } from './knownTau.ts';

export const DAY = 86_400n;
export const DELAY = 2n * DAY;
/** Programs whose proofs open the tables of functions: train and score, of both kinds of models. */
export const WITH_TABLES = [3, 6, 8, 11];
export const CIRCUIT_HASH = `0x${'c1'.repeat(32)}` as const;

/** Parameters, extra words and oracles of each program, absent parents of a merge among them. */
export const SIZES: Record<number, { parameters: number; extra: number; oracles: number }> = {
  1: { parameters: 1, extra: 1, oracles: 1 },
  2: { parameters: 2, extra: 1, oracles: 1 },
  3: { parameters: 2, extra: 1, oracles: 3 },
  4: { parameters: 1, extra: 2, oracles: 1 },
  5: { parameters: 5, extra: 0, oracles: 9 },
  6: { parameters: 9, extra: 1, oracles: 2 },
  7: { parameters: 4, extra: 1, oracles: 1 },
  8: { parameters: 4, extra: 1, oracles: 3 },
  9: { parameters: 3, extra: 2, oracles: 1 },
  10: { parameters: 9, extra: 0, oracles: 9 },
  11: { parameters: 11, extra: 1, oracles: 2 },
  12: { parameters: 5, extra: 3, oracles: 3 },
  13: { parameters: 7, extra: 3, oracles: 3 },
  14: { parameters: 4, extra: 1, oracles: 2 },
  15: { parameters: 18, extra: 1, oracles: 17 },
  16: { parameters: 15, extra: 1, oracles: 6 },
};
export const ALL_PROGRAMS = Object.keys(SIZES).map(Number);

export const keyArgument = ({ words }: Pick<KnownKey, 'words'>) => ({ words, circuitHash: CIRCUIT_HASH });

/** Arguments of the constructor. */
export function deployment(
  options: {
    keys?: Pick<KnownKey, 'words'>[];
    srs?: SrsPowers;
    delay?: bigint;
    allowDevKeysOffLocal?: boolean;
    owner?: Address;
  } = {},
): unknown[] {
  const keys = options.keys ?? ALL_PROGRAMS.map(() => TEST_KEY);
  return [
    keys.map((key, i) => ({ program: BigInt(ALL_PROGRAMS[i]), key: keyArgument(key) })),
    powersOnChain(options.srs ?? TEST_SRS),
    options.delay ?? DELAY,
    options.allowDevKeysOffLocal ?? false,
    options.owner ?? '0x00000000000000000000000000000000000000AA',
  ];
}

export async function deployVerifiers(
  chain: TestChain,
  options: Parameters<typeof deployment>[0] = {},
): Promise<Contract> {
  return new Contract(chain, await chain.deploy('Verifiers', deployment(options)), await abiOf('Verifiers'));
}

/** A claim and its proof, with all that made them. */
export interface Made {
  maker: Maker;
  stated: Stated;
  opened: Opened;
  proof: Proof;
}

/**
 * A statement of a program with commitments that are known multiples of the generator.
 * @param scalars [oracle][chunk]; one chunk for each oracle unless given
 */
export function madeClaim(
  maker: Maker,
  seed: bigint,
  options: {
    scalars?: readonly (readonly bigint[])[];
    trace?: number;
    helper?: number;
    key?: KnownKey;
    parameters?: bigint[];
    extra?: bigint[];
  } = {},
): Made {
  const sizes = SIZES[maker.program];
  const scalars =
    options.scalars ?? Array.from({ length: sizes.oracles }, (_, o) => elements(seed + BigInt(10 + o), 1));
  const stated: Stated = {
    parameters: options.parameters ?? elements(seed + 5n, sizes.parameters),
    extra: options.extra ?? elements(seed + 6n, sizes.extra),
    oracles: scalars.map((chunks) => chunks.map(pointOf)),
  };
  const opened = openScalars(scalars, seed + 7n, { ...options, tables: WITH_TABLES.includes(maker.program) });
  return { maker, stated, opened, proof: proofAround(maker, stated, opened, { seed: seed + 8n, key: options.key }) };
}

/** Arguments of `verifyMany`. */
export function manyArguments(made: readonly Pick<Made, 'maker' | 'stated' | 'proof'>[]): unknown[] {
  const [{ maker }] = made;
  return [
    maker.trainer,
    BigInt(maker.program),
    made.map(({ stated }) => claimArgument(stated)),
    made.map(({ proof }) => proofArgument(proof)),
  ];
}

/** Arguments of `verify`. */
export function oneArguments(made: Pick<Made, 'maker' | 'stated' | 'proof'>): unknown[] {
  const [trainer, program, [claim], [proof]] = manyArguments([made]) as [Address, bigint, unknown[], unknown[]];
  return [trainer, program, claim, proof];
}
