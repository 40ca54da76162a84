import type { Address } from 'viem';
import type { SrsPowers } from '../../src/registry/opening.ts';

/** What a deployment is made of, besides the contracts themselves. */
export interface Given {
  /** The first verifier of each program, in the order of the programs' numbers. */
  verifiers: readonly Address[];
  srs: SrsPowers;
  /** Whether the keys are development keys. */
  devKeys: boolean;
  allowDevKeysOffLocal: boolean;
  /** Who may add verifiers. */
  owner: Address;
}

/** Addresses of contracts, by the name of their source. */
export type Placed = Record<ContractName, Address>;

/** The contracts of a deployment in order: each takes in its constructor what is given and contracts before it. */
export const CONTRACTS = [
  'Verifiers',
  'Relay',
  'ModelRegistry',
  'Scoreboard',
  'CreditVault',
  'BountyBoard',
  'ModelCards',
] as const;

export type ContractName = (typeof CONTRACTS)[number];

/** What the constructor of each contract takes. */
const CONSTRUCTORS: Record<ContractName, (given: Given, placed: Placed) => readonly unknown[]> = {
  Verifiers: ({ verifiers, srs: { tau, tauC, tauC2 }, devKeys, allowDevKeysOffLocal, owner }) => [
    verifiers,
    { tau, tauC, tauC2 },
    devKeys,
    allowDevKeysOffLocal,
    owner,
  ],
  Relay: () => [],
  ModelRegistry: (_, { Verifiers, Relay }) => [Verifiers, Relay],
  Scoreboard: (_, { ModelRegistry, Relay }) => [ModelRegistry, Relay],
  CreditVault: (_, { ModelRegistry }) => [ModelRegistry],
  BountyBoard: (_, { ModelRegistry, Scoreboard }) => [ModelRegistry, Scoreboard],
  ModelCards: (_, { ModelRegistry, Relay }) => [ModelRegistry, Relay],
};

/**
 * Deploys the contracts one after the other.
 * @param deploy puts one on the chain, or only says where that would put it
 * @param last the last one that is wanted
 */
export async function deployInOrder(
  given: Given,
  deploy: (name: ContractName, args: readonly unknown[]) => Promise<Address>,
  last: ContractName = 'ModelCards',
): Promise<Placed> {
  const placed = {} as Placed;
  for (const name of CONTRACTS.slice(0, CONTRACTS.indexOf(last) + 1)) {
    placed[name] = await deploy(name, CONSTRUCTORS[name](given, placed));
  }
  return placed;
}
