/** Wallets for a computer, which announce themselves by EIP-6963. */
export const WALLETS_OF_DESKS = [
  { name: 'MetaMask', href: 'https://metamask.io/download' },
  { name: 'Rabby', href: 'https://rabby.io' },
  { name: 'Rainbow', href: 'https://rainbow.me/download' },
  { name: 'Frame', href: 'https://frame.sh' },
];

/** Links that open a page in the browser of a wallet's app, as the wallets document them. */
export function walletBrowsers(page: string): { name: string; href: string }[] {
  const { host, pathname, search, hash } = new URL(page);
  const encoded = encodeURIComponent(page);
  return [
    // MetaMask takes the address as a path, without its scheme.
    { name: 'MetaMask', href: `https://link.metamask.io/dapp/${host}${pathname}${search}${hash}` },
    { name: 'Base (Coinbase Wallet)', href: `https://go.cb-w.com/dapp?cb_url=${encoded}` },
    { name: 'Rainbow', href: `https://rnbwapp.com/dapp?url=${encoded}` },
    { name: 'Trust Wallet', href: `https://link.trustwallet.com/open_url?coin_id=60&url=${encoded}` },
  ];
}
