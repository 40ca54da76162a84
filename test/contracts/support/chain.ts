// A fresh simulated chain, viem clients on it and the contracts that tests need.
import assert from 'node:assert/strict';
import hre, { artifacts, network } from 'hardhat';
import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  encodeDeployData,
  getAddress,
  getContractError,
  type Hex,
  type PublicClient,
  type WalletClient,
} from 'viem';
import { errorsAbi, modelRegistryAbi } from '../../../src/generated/abi.ts';

type Provider = Parameters<typeof custom>[0] & {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
};

// Code that counts what is executed is several times as long; a chain that counts has no limit of gas.
const GAS_TO_DEPLOY = hre.globalOptions.coverage ? 100_000_000n : 16_000_000n;

export interface TestChain {
  id: number;
  read: PublicClient;
  wallet: WalletClient;
  accounts: Address[];
  mine(blocks: number): Promise<void>;
  deploy(name: string, args?: readonly unknown[]): Promise<Address>;
  /** Deployment's gas and address. */
  deployed(name: string, args?: readonly unknown[]): Promise<{ address: Address; gas: bigint }>;
  request(method: string, ...params: unknown[]): Promise<unknown>;
}

export async function testChain(options: { chainId?: number; hardfork?: string } = {}): Promise<TestChain> {
  const { provider } = await network.create({ override: options as object });
  const transport = custom(provider as Provider, { retryCount: 0 });
  const id = options.chainId ?? 31337;
  const chain = defineChain({
    id,
    name: 'test',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  });
  const read = createPublicClient({ chain, transport, pollingInterval: 10, cacheTime: 0 });
  const wallet = createWalletClient({ chain, transport });
  const accounts = (await wallet.getAddresses()) as Address[];
  const request = (method: string, ...params: unknown[]) => (provider as Provider).request({ method, params });
  const deployed = async (name: string, args: readonly unknown[] = []) => {
    const { abi, bytecode } = await artifacts.readArtifact(name);
    const data = encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args });
    await create(read, accounts[0], abi as Abi, data);
    const hash = await wallet.sendTransaction({ data, account: accounts[0], chain, gas: GAS_TO_DEPLOY });
    const receipt = await read.getTransactionReceipt({ hash });
    return { address: getAddress(receipt.contractAddress as Address), gas: receipt.gasUsed };
  };
  return {
    id,
    read,
    wallet,
    accounts,
    deployed,
    deploy: async (name, args) => (await deployed(name, args)).address,
    mine: async (blocks) => void (await request('hardhat_mine', `0x${blocks.toString(16)}`)),
    request,
  };
}

/** Tries a deployment. @throws ContractFunctionRevertedError, wrapped, with the constructor's error */
async function create(client: PublicClient, account: Address, abi: Abi, data: Hex): Promise<void> {
  try {
    await client.call({ account, data, gas: GAS_TO_DEPLOY });
  } catch (cause) {
    throw getContractError(cause as BaseError, { abi, args: [], functionName: 'constructor' });
  }
}

/** The ABI of a contract as Hardhat compiled it. */
export async function abiOf(name: string): Promise<Abi> {
  return (await artifacts.readArtifact(name)).abi as Abi;
}

/** A caller of one deployed contract. */
export class Contract {
  readonly address: Address;
  /** With the errors of all contracts, as one hands on those of another. */
  readonly abi: Abi;
  readonly chain: TestChain;

  constructor(chain: TestChain, address: Address, abi: Abi) {
    this.chain = chain;
    this.address = address;
    this.abi = [...abi, ...errorsAbi];
  }

  // biome-ignore lint/suspicious/noExplicitAny: results of an ABI that is known only at run time
  async read(functionName: string, args: readonly unknown[] = [], account = this.chain.accounts[0]): Promise<any> {
    return this.chain.read.readContract({ address: this.address, abi: this.abi, functionName, args, account });
  }

  /** Sends a transaction and returns its receipt; fails with the contract's error before sending if it would revert. */
  async send(functionName: string, args: readonly unknown[] = [], account = this.chain.accounts[0], value = 0n) {
    const { address, abi, chain } = this;
    const { request } = await chain.read.simulateContract({ address, abi, functionName, args, account, value });
    const hash = await chain.wallet.writeContract(request);
    const receipt = await chain.read.getTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    return receipt;
  }

  /** What a call that changes state would return. @param value sent along, in wei */
  async simulate(
    functionName: string,
    args: readonly unknown[] = [],
    account = this.chain.accounts[0],
    value = 0n,
    // biome-ignore lint/suspicious/noExplicitAny: as `read`
  ): Promise<any> {
    const { address, abi, chain } = this;
    return (await chain.read.simulateContract({ address, abi, functionName, args, account, value })).result;
  }
}

export { modelRegistryAbi };

/** Asserts that the call reverts with exactly this error and these arguments. */
export async function reverts(call: Promise<unknown>, name: string, args: readonly unknown[] = []): Promise<void> {
  const error = await call.then(
    () => assert.fail(`no revert, but ${name} was expected`),
    (reason: unknown) => reason,
  );
  const revert = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : undefined;
  if (!(revert instanceof ContractFunctionRevertedError)) throw error;
  assert.equal(revert.data?.errorName ?? revert.reason ?? revert.shortMessage, name);
  assert.deepEqual(revert.data?.args ?? [], args);
}
