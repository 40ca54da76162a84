import type { Address } from 'viem';
import type { ContractName } from './contracts.ts';

/** Contracts of a deployment as commands and the page name them, in the order in which they are listed. */
export const PLACES = {
  registry: 'ModelRegistry',
  /** who acts for trainers */
  trainers: 'Trainers',
  /** what walks along lineages, and pages of what the registry holds */
  lineageReader: 'LineageReader',
  /** lists of shards */
  datasets: 'Datasets',
  /** what sources say of datasets */
  dataAttestations: 'DataAttestations',
  /** holds results and leaderboards of the registry's models */
  scoreboard: 'Scoreboard',
  /** splits what models are paid among their lineage */
  creditVault: 'CreditVault',
  /** judges descent by what others ask for */
  conditions: 'Conditions',
  /** pays for results on benchmarks */
  bountyBoard: 'BountyBoard',
  /** carries what trainers signed */
  relay: 'Relay',
  /** what trainers say about their models */
  cards: 'ModelCards',
  /** successors, marks and disputes of models */
  statuses: 'Statuses',
  /** proved outputs of the registry's models */
  inferences: 'Inferences',
  /** facts about hidden rows */
  audit: 'LineageAudit',
} as const satisfies Record<string, ContractName>;

/** Addresses by those names. */
export type Places = Record<keyof typeof PLACES, Address>;

/** An address for each of those names. */
export function eachPlace(address: (place: keyof typeof PLACES) => Address): Places {
  return Object.fromEntries(
    Object.keys(PLACES).map((place) => [place, address(place as keyof typeof PLACES)]),
  ) as Places;
}
