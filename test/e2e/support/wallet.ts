// A wallet for tests: announced by EIP-6963 in the page, signing outside of it with a local account.
import type { BrowserContext, Page } from 'playwright-core';
import {
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  type LocalAccount,
  numberToHex,
  parseGwei,
} from 'viem';
import type { Ledger } from './ledger.ts';

export interface TestWallet {
  name: string;
  /** methods that the page asked for, in order */
  asked: string[];
  /**
   * What the owner does with the next question; who ponders about a transaction decides when the mood changes. A locked wallet
   * waits to be unlocked, one that is busy with an earlier question takes no other (-32002).
   */
  mood: 'agree' | 'reject' | 'ponder' | 'locked' | 'busy';
  /** chains that it knows; another one has to be added first. Undefined: all */
  knows?: number[];
  /** whether it cannot switch chains at all (4200) */
  fixedChain?: boolean;
  /** the owner's own limit of gas */
  gas?: bigint;
  /** the last transaction it sent */
  last?: Hex;
  /** the chain that the wallet shows to the page */
  chainId: number;
  /** the account that it shows and signs with; a page that is open hears of another one by `showAccount` */
  account: LocalAccount;
}

interface Options {
  name: string;
  account: LocalAccount;
  rpc: string;
  chainId?: number;
}

let announced = 0;

/** Announces a wallet to every page of the context. */
export async function announceWallet(
  context: BrowserContext,
  { name, account, rpc, chainId = 31337 }: Options,
): Promise<TestWallet> {
  const state: TestWallet = { name, asked: [], mood: 'agree', chainId, account };
  const transport = http(rpc);
  const read = createPublicClient({ transport });
  let permitted = false;

  /** What the owner is asked in a window of the wallet. */
  const askOwner = async () => {
    if (state.mood === 'busy') throw failure(-32002, 'Already processing a request. Please wait.');
    if (state.mood === 'reject') throw failure(4001, 'User rejected the request.');
    while (state.mood === 'locked') await pause();
  };
  const switchTo = async (chainId: number) => {
    if (state.fixedChain) throw failure(4200, 'The requested method is not supported.');
    if (state.knows && !state.knows.includes(chainId)) throw failure(4902, 'Unrecognized chain ID.');
    await askOwner();
    state.chainId = chainId;
    return null;
  };

  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    state.asked.push(method);
    switch (method) {
      case 'eth_requestAccounts':
        await askOwner();
        permitted = true;
        return [state.account.address];
      case 'eth_accounts':
        return permitted && state.mood !== 'locked' ? [state.account.address] : [];
      case 'eth_chainId':
        return numberToHex(state.chainId);
      case 'wallet_switchEthereumChain':
        return switchTo(Number((params[0] as { chainId: Hex }).chainId));
      case 'wallet_addEthereumChain': {
        await askOwner();
        const added = Number((params[0] as { chainId: Hex }).chainId);
        state.knows?.push(added);
        state.chainId = added;
        return null;
      }
      case 'wallet_requestPermissions':
        await askOwner();
        return [{ parentCapability: 'eth_accounts' }];
      case 'wallet_revokePermissions':
        return null;
      case 'eth_sendTransaction': {
        while (state.mood === 'ponder') await pause();
        if (state.mood === 'locked') throw failure(4100, 'The requested account has not been authorized by the user.');
        await askOwner();
        const { to, data, gas, value } = params[0] as { to: Hex; data: Hex; gas?: Hex; value?: Hex };
        state.last = await createWalletClient({ account: state.account, transport }).sendTransaction({
          chain: null,
          to,
          data,
          ...((state.gas ?? gas) && { gas: state.gas ?? BigInt(gas!) }),
          ...(value && { value: BigInt(value) }),
        });
        return state.last;
      }
      default:
        return read.request({ method, params } as never);
    }
  };

  const binding = `wallet${announced++}`;
  await context.exposeFunction(binding, async (method: string, params: readonly unknown[]) => {
    try {
      return { result: await answer(method, params) };
    } catch (error) {
      const { code = -32603, message } = error as { code?: number; message: string };
      return { error: { code, message, data: refusalIn(error) } };
    }
  });
  await context.addInitScript(announceInPage, { name, binding });
  return state;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const failure = (code: number, words: string) => Object.assign(new Error(words), { code });

/** Runs in the page, where nothing else of this file is: hands every question of the page to the binding. */
function announceInPage({ name, binding }: { name: string; binding: string }): void {
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const emit = (event: string, value: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(value);
  };
  const provider = {
    async request({ method, params = [] }: { method: string; params?: unknown[] }) {
      const call = (
        window as unknown as Record<
          string,
          (m: string, p: unknown[]) => Promise<{ result: unknown; error?: { message: string; code: number } }>
        >
      )[binding];
      const { result, error } = await call(method, params);
      if (error) throw Object.assign(new Error(error.message), error);
      if (/^wallet_(switch|add)EthereumChain$/.test(method))
        emit('chainChanged', (params[0] as { chainId: string }).chainId);
      return result;
    },
    on(event: string, listener: (value: unknown) => void) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      return provider;
    },
    removeListener(event: string, listener: (value: unknown) => void) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
  };
  const icon =
    'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"%3E%3Ccircle cx="4" cy="4" r="4" fill="%23777"/%3E%3C/svg%3E';
  const info = Object.freeze({
    uuid: crypto.randomUUID?.() ?? name,
    name,
    icon,
    rdns: `test.${binding}`,
  });
  const announce = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.addEventListener('test:account', (event) => emit('accountsChanged', [(event as CustomEvent).detail]));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
}

/** The owner chooses another account in the wallet. */
export async function showAccount(page: Page, wallet: TestWallet, account: LocalAccount): Promise<void> {
  wallet.account = account;
  await page.evaluate(
    (address) => window.dispatchEvent(new CustomEvent('test:account', { detail: address })),
    account.address,
  );
}

/** What a contract answered when it refused, somewhere in an error's causes; wallets hand it on. */
function refusalIn(error: unknown): Hex | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { data } = at as { data?: unknown };
    const inner = (data as { data?: unknown } | undefined)?.data ?? data;
    if (typeof inner === 'string' && inner.startsWith('0x')) return inner as Hex;
  }
  return undefined;
}

/** Puts another transaction in the place of the wallet's last one and makes a block. */
export async function replaceLast(
  { ledger }: { ledger: Ledger },
  { last, account }: TestWallet,
  how: 'faster' | 'cancelled',
): Promise<void> {
  // The page has to see the first one before it can tell that another took its place.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const wallet = createWalletClient({ account, transport: http(ledger.place.rpc) });
  const fees = { maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: parseGwei('50') };
  const { to, input, gas, nonce } = await ledger.chain.client.getTransaction({ hash: last! });
  const call = how === 'faster' ? { to: to!, data: input, gas } : { to: account.address, value: 0n, gas: 21_000n };
  await wallet.sendTransaction({ ...call, ...fees, nonce, chain: null });
  await ledger.command('evm_mine');
  await ledger.command('evm_setAutomine', true);
}
