// Deployment through the deterministic deployment proxy, which stands at one address on nearly every chain: the same code
// with the same constructor arguments gets the same address everywhere, and what stands already is found.
import {
  type Abi,
  type Address,
  concat,
  createWalletClient,
  encodeAbiParameters,
  getContractAddress,
  type Hex,
  http,
  type LocalAccount,
  type TransactionReceipt,
  zeroHash,
} from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { gasLimit } from '../../src/registry/gas.ts';
import type { Chain } from './client.ts';
import { explainRevert } from './revert.ts';

/** Takes a salt and creation code as calldata and creates by CREATE2. */
export const PROXY: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const PROXY_CODE: Hex =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3';

// Nobody has the key of this account: its one transaction, of the same bytes on every chain, was signed by choosing r and s.
const PROXY_MAKER: Address = '0x3fAB184622Dc19b6109349B94811493BF2a45362';
const PROXY_PRICE = 100_000n * 100_000_000_000n;
const PROXY_TRANSACTION: Hex =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222';

/** What Hardhat compiled. */
export interface Artifact {
  abi: Abi;
  bytecode: Hex;
}

/** A contract that stands on a chain. */
export interface Deployed {
  address: Address;
  /** constructor arguments, ABI-encoded: what verifying its source takes beside the source */
  arguments: Hex;
  /** undefined where it stood already */
  receipt?: TransactionReceipt;
}

/** The address that the proxy gives to a contract: it follows from its code and its constructor's arguments. */
export function addressOf(
  { abi, bytecode }: Artifact,
  args: readonly unknown[] = [],
): { address: Address; arguments: Hex; code: Hex } {
  const inputs = abi.find((entry) => entry.type === 'constructor')?.inputs ?? [];
  const encoded = encodeAbiParameters(inputs, args as never);
  const code = concat([bytecode, encoded]);
  const address = getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: zeroHash, bytecode: code });
  return { address, arguments: encoded, code };
}

/** Creates contracts for one payer on one chain. */
export class Deployer {
  readonly account: LocalAccount;
  readonly #chain: Chain;

  constructor(chain: Chain, account: LocalAccount) {
    this.account = account;
    this.#chain = chain;
  }

  /**
   * Puts the proxy on a chain that lacks it, with its known transaction, which the account pays.
   * @throws DescentError (chain) where the chain does not take that transaction
   */
  async prepare(): Promise<void> {
    const { client } = this.#chain;
    if ((await client.getCode({ address: PROXY })) === PROXY_CODE) return;
    try {
      const missing = PROXY_PRICE - (await client.getBalance({ address: PROXY_MAKER }));
      if (missing > 0n) {
        await this.#mined(await this.#wallet().sendTransaction({ to: PROXY_MAKER, value: missing, chain: null }));
      }
      await this.#mined(await client.sendRawTransaction({ serializedTransaction: PROXY_TRANSACTION }));
    } catch (cause) {
      throw new DescentError(`Chain ${this.#chain.id} lacks the deployment proxy ${PROXY} and does not take it.`, {
        cause,
        code: 'NO_DEPLOYMENT_PROXY',
        exit: 'chain',
        hint: 'Chains that refuse transactions without a chain id need it from whoever runs them.',
      });
    }
  }

  /** Creates a contract unless it stands. @throws DescentError with the constructor's error, or what the chain says */
  async deploy(artifact: Artifact, args: readonly unknown[] = []): Promise<Deployed> {
    const { address, arguments: encoded, code } = addressOf(artifact, args);
    const { client } = this.#chain;
    if ((await client.getCode({ address })) !== undefined) return { address, arguments: encoded };
    try {
      // The proxy swallows a constructor's error: ask for it first.
      await client.call({ account: this.account.address, data: code });
      const call = { to: PROXY, data: concat([zeroHash, code]) };
      const gas = gasLimit(await client.estimateGas({ account: this.account.address, ...call }));
      const hash = await this.#wallet().sendTransaction({ ...call, gas, chain: null });
      return { address, arguments: encoded, receipt: await this.#mined(hash) };
    } catch (error) {
      throw explainRevert(error);
    }
  }

  #wallet() {
    return createWalletClient({ account: this.account, transport: http(this.#chain.rpc, { timeout: 60_000 }) });
  }

  async #mined(hash: Hex): Promise<TransactionReceipt> {
    const receipt = await this.#chain.client.waitForTransactionReceipt({ hash, timeout: 300_000 });
    if (receipt.status === 'success') return receipt;
    throw new DescentError(`The deployment failed in transaction ${hash}.`, { code: 'REVERTED', exit: 'chain' });
  }
}
