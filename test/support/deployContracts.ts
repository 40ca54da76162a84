import type { Address } from 'viem';
import { deployInOrder } from '../../scripts/chain/contracts.ts';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import { Contract, type TestChain } from '../contracts/support/chain.ts';
import { verifierKeys } from './prover.ts';

/** Deploys what a deployment has, always in the same order: the addresses are the same on every fresh chain. */
export async function deployContracts(chain: TestChain, report: (name: string, gas: number) => void = () => {}) {
  const deploy = async (name: string, args: readonly unknown[]) => {
    const { address, gas } = await chain.deployed(name, args);
    report(name, Number(gas));
    return address;
  };
  const verifiers: Address[] = [];
  for (const program of PROGRAM_NAMES) {
    verifiers.push(await chain.deploy(`${program[0].toUpperCase()}${program.slice(1)}Verifier`));
  }
  const { srs } = verifierKeys('data');
  const given = { verifiers, srs, devKeys: true, allowDevKeysOffLocal: false, owner: chain.accounts[0] };
  const placed = await deployInOrder(given, deploy, 'Scoreboard');
  const registry = new Contract(chain, placed.ModelRegistry, modelRegistryAbi);
  const scoreboard = new Contract(chain, placed.Scoreboard, scoreboardAbi);
  return { registry, scoreboard, relay: placed.Relay };
}
