import { DEFAULT_DELAY, deployInOrder, firstKeys } from '../../scripts/chain/contracts.ts';
import { datasetsAbi, modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { Contract, type TestChain } from '../contracts/support/chain.ts';
import { verifierKeys } from './prover.ts';

/** Deploys what a deployment has, always in the same order: the addresses are the same on every fresh chain. */
export async function deployContracts(chain: TestChain, report: (name: string, gas: number) => void = () => {}) {
  const deploy = async (name: string, args: readonly unknown[]) => {
    const { address, gas } = await chain.deployed(name, args);
    report(name, Number(gas));
    return address;
  };
  const { srs } = verifierKeys('data');
  const given = {
    keys: firstKeys(),
    srs,
    delay: DEFAULT_DELAY,
    allowDevKeysOffLocal: false,
    owner: chain.accounts[0],
  };
  const placed = await deployInOrder(given, deploy, 'Scoreboard');
  const registry = new Contract(chain, placed.ModelRegistry, modelRegistryAbi);
  const datasets = new Contract(chain, placed.Datasets, datasetsAbi);
  const scoreboard = new Contract(chain, placed.Scoreboard, scoreboardAbi);
  return { registry, datasets, scoreboard, relay: placed.Relay };
}
