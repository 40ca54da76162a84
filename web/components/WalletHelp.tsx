import type { ChainConfig } from '../lib/chain/types.ts';
import { WALLETS_OF_DESKS, walletBrowsers } from '../lib/walletLinks.ts';
import { Hash } from './Identity.tsx';

/** A wallet that was asked and has not answered. */
export function Waiting({ onStop }: { onStop(): void }) {
  return (
    <div className="grid gap-3" role="status">
      <p className="text-soft">
        Answer in the wallet. Where no window opened, the wallet is locked or hides its window: click on its icon and
        unlock it.
      </p>
      <button type="button" className="button" onClick={onStop}>
        Stop waiting
      </button>
    </div>
  );
}

/** A wallet on another chain: switch, add the chain, or set it up by hand. */
export function WrongChain({
  wallet,
  chain,
}: {
  wallet: { switchChain(): void; addChain(): void };
  chain: Pick<ChainConfig, 'chainId' | 'chainName' | 'rpc' | 'explorer'>;
}) {
  const { chainId, chainName, rpc, explorer } = chain;
  return (
    <div className="grid gap-3 border-l-4 border-warn pl-4">
      <p>
        The wallet is on another chain than this registry, which is on {chainName} ({chainId}).
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button button-main" onClick={wallet.switchChain}>
          Switch to {chainName}
        </button>
        <button type="button" className="button" onClick={wallet.addChain}>
          Add {chainName} to the wallet
        </button>
      </div>
      <details>
        <summary>By hand, in the settings of the wallet</summary>
        <dl className="grid-facts mt-2">
          <dt>Name</dt>
          <dd>{chainName}</dd>
          <dt>Id of the chain</dt>
          <dd>{chainId}</dd>
          <dt>Address of a node</dt>
          <dd className="min-w-0">
            <Hash value={rpc} what="address of the node" />
          </dd>
          <dt>Currency</dt>
          <dd>ETH</dd>
          {explorer && (
            <>
              <dt>Explorer</dt>
              <dd>{explorer}</dd>
            </>
          )}
        </dl>
      </details>
    </div>
  );
}

/** No wallet is here: which to install, or on a phone in which wallet's own browser to open the page. */
export function NoWallet() {
  const phone = /Android|iPhone|iPad|iPod/.test(navigator.userAgent);
  const links = phone ? walletBrowsers(window.location.href) : WALLETS_OF_DESKS;
  return (
    <div className="grid gap-3">
      <p>{phone ? 'Open this page in the browser of a wallet.' : 'No browser wallet found.'}</p>
      <p className="text-soft">
        {phone
          ? 'Browsers of phones have no wallets. The app of a wallet has a browser of its own, in which this page finds it.'
          : 'Install a wallet as an extension of this browser, then reload the page. Any that follows EIP-6963 will do.'}
      </p>
      <ul className="flex flex-wrap gap-2">
        {links.map(({ name, href }) => (
          <li key={name}>
            <a className="button" href={href} rel="noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
      <p className="text-soft">
        Without a wallet, the command <span className="hash">descent submit</span> sends what was proved.
      </p>
    </div>
  );
}
