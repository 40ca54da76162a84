import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { KEYS } from '../../src/generated/keys.ts';
import { powersOnChain, type SrsPowers } from '../../src/registry/opening.ts';
import { CIRCUIT_NAMES, CIRCUITS } from '../../src/registry/programs/list.ts';

/** What a deployment is made of, besides the contracts themselves. */
export interface Given {
  /** The first key of each program, in the order of the programs' numbers. */
  keys: readonly FirstKey[];
  srs: SrsPowers;
  /** Seconds after its addition from which a further key counts. */
  delay: bigint;
  allowDevKeysOffLocal: boolean;
  /** Who may add keys. */
  owner: Address;
}

/** A verification key as the contract takes it. */
export interface FirstKey {
  /** 18 of them: alpha, beta, delta, IC_0 .. IC_3 */
  words: readonly bigint[];
  /** SHA-256 of the circuit's constraints */
  circuitHash: Hex;
}

/** Days that everybody has to look at a key before it counts, unless a deployment says otherwise. */
export const DEFAULT_DELAY = 7n * 86_400n;

/** The keys that are built here. @throws DescentError `NOT_BUILT` where a program has none */
export function firstKeys(): FirstKey[] {
  const known: Readonly<Record<string, { circuit: Hex; words: readonly Hex[] }>> = KEYS;
  return CIRCUIT_NAMES.map((program) => {
    if (!Object.hasOwn(known, program)) {
      const hint = 'Make it with npm run setup.';
      throw new DescentError(`The verification key of ${program} is missing.`, { code: 'NOT_BUILT', hint });
    }
    const { circuit, words } = known[program];
    return { words: words.map(BigInt), circuitHash: circuit };
  });
}

/** The first keys as the contract takes them: with the numbers of their programs, which may have gaps. */
export function numberedKeys<K>(keys: readonly K[]): { program: bigint; key: K }[] {
  return keys.map((key, k) => ({ program: BigInt(CIRCUITS[CIRCUIT_NAMES[k]]), key }));
}

/** Addresses of contracts, by the name of their source. */
export type Placed = Record<ContractName, Address>;

/** The contracts of a deployment in order: each takes in its constructor what is given and contracts before it. */
export const CONTRACTS = [
  'Verifiers',
  'Relay',
  'ModelRegistry',
  'Trainers',
  'LineageReader',
  'Datasets',
  'DataAttestations',
  'Scoreboard',
  'CreditVault',
  'Conditions',
  'BountyBoard',
  'ModelCards',
  'Statuses',
  'Inferences',
  'LineageAudit',
] as const;

export type ContractName = (typeof CONTRACTS)[number];

/** What the constructor of each contract takes. */
const CONSTRUCTORS: Record<ContractName, (given: Given, placed: Placed) => readonly unknown[]> = {
  Verifiers: ({ keys, srs, delay, allowDevKeysOffLocal, owner }) => [
    numberedKeys(keys),
    powersOnChain(srs),
    delay,
    allowDevKeysOffLocal,
    owner,
  ],
  Relay: () => [],
  ModelRegistry: (_, { Verifiers, Relay }) => [Verifiers, Relay],
  Trainers: (_, { Relay }) => [Relay],
  LineageReader: (_, { ModelRegistry }) => [ModelRegistry],
  Datasets: (_, { ModelRegistry, Trainers, Relay }) => [ModelRegistry, Trainers, Relay],
  DataAttestations: (_, { Datasets, Trainers, Relay }) => [Datasets, Trainers, Relay],
  Scoreboard: (_, { ModelRegistry, Datasets, Trainers, Relay }) => [ModelRegistry, Datasets, Trainers, Relay],
  CreditVault: (_, { ModelRegistry, Trainers, Relay }) => [ModelRegistry, Trainers, Relay],
  Conditions: (_, { LineageReader, DataAttestations }) => [LineageReader, DataAttestations],
  BountyBoard: (_, { Scoreboard, Conditions, Trainers, Relay }) => [Scoreboard, Conditions, Trainers, Relay],
  ModelCards: (_, { ModelRegistry, Trainers, Relay }) => [ModelRegistry, Trainers, Relay],
  Statuses: (_, { ModelRegistry, Trainers, Relay }) => [ModelRegistry, Trainers, Relay],
  Inferences: (_, { ModelRegistry }) => [ModelRegistry],
  LineageAudit: (_, { ModelRegistry, DataAttestations }) => [ModelRegistry, DataAttestations],
};

/**
 * Deploys the contracts one after the other.
 * @param deploy puts one on the chain, or only says where that would put it
 * @param last the last one that is wanted
 */
export async function deployInOrder(
  given: Given,
  deploy: (name: ContractName, args: readonly unknown[]) => Promise<Address>,
  last: ContractName = 'LineageAudit',
): Promise<Placed> {
  const placed = {} as Placed;
  for (const name of CONTRACTS.slice(0, CONTRACTS.indexOf(last) + 1)) {
    placed[name] = await deploy(name, CONSTRUCTORS[name](given, placed));
  }
  return placed;
}
