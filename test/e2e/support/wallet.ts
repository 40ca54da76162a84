// A wallet for tests: announced by EIP-6963 in the page, signing outside of it with a local account.
import type { BrowserContext, Page } from 'playwright-core';
import { createPublicClient, createWalletClient, type Hex, http, type LocalAccount, numberToHex } from 'viem';

export interface TestWallet {
  name: string;
  /** methods that the page asked for, in order */
  asked: string[];
  /** what the owner does with the next transaction; who ponders decides when the mood changes */
  mood: 'agree' | 'reject' | 'ponder';
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

  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    state.asked.push(method);
    switch (method) {
      case 'eth_requestAccounts':
        permitted = true;
        return [state.account.address];
      case 'eth_accounts':
        return permitted ? [state.account.address] : [];
      case 'eth_chainId':
        return numberToHex(state.chainId);
      case 'wallet_switchEthereumChain':
        state.chainId = Number((params[0] as { chainId: Hex }).chainId);
        return null;
      case 'wallet_requestPermissions':
        return [{ parentCapability: 'eth_accounts' }];
      case 'wallet_revokePermissions':
        return null;
      case 'eth_sendTransaction': {
        while (state.mood === 'ponder') await new Promise((resolve) => setTimeout(resolve, 50));
        if (state.mood === 'reject') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
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
      if (method === 'wallet_switchEthereumChain') emit('chainChanged', (params[0] as { chainId: string }).chainId);
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
