'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useRef } from 'react';
import { type Theme, ThemeSwitch } from '../components/ThemeSwitch.tsx';
import { useChainConfig } from '../lib/chain/provider.tsx';
import { SearchMenu } from './SearchMenu.tsx';
import { WalletMenu } from './WalletMenu.tsx';

const PLACES = [
  { href: '/tree', name: 'Tree' },
  { href: '/leaderboard', name: 'Leaderboard' },
  { href: '/compare', name: 'Compare' },
  { href: '/bounties', name: 'Bounties' },
  { href: '/credit', name: 'Credit' },
  { href: '/verify', name: 'Verify' },
  { href: '/submit', name: 'Submit' },
  { href: '/prove', name: 'Prove' },
];

export function Header({ theme }: { theme: Theme }) {
  const path = usePathname();
  const menu = useRef<HTMLDivElement>(null);
  const { chainName, devKeys } = useChainConfig();
  const isHere = (href: string) => path === href || path.startsWith(`${href}/`);
  return (
    <header className="relative z-20 border-b border-line bg-paper">
      {devKeys && (
        <p className="border-b border-line bg-sunk px-4 py-1 text-center text-[0.8125rem] text-warn">
          <strong className="font-semibold">
            Test keys<span className="max-sm:hidden"> on {chainName.toLowerCase()}</span>:
          </strong>{' '}
          these proofs can be forged. Demo only.
        </p>
      )}
      <div className="mx-auto flex h-16 max-w-7xl items-center gap-2 px-4 sm:px-6">
        <Link href="/" className="mr-auto flex items-center gap-2.5 lg:mr-6" aria-label="Descent, home">
          <Logo />
          <span className="title text-[1.3125rem]">Descent</span>
        </Link>
        <nav aria-label="Main" className="hidden flex-1 lg:block">
          <ul className="flex gap-1">
            {PLACES.map(({ href, name }) => (
              <li key={href}>
                <Link
                  href={href}
                  prefetch={false}
                  aria-current={isHere(href) ? 'page' : undefined}
                  className="block rounded-[3px] px-3 py-2 font-medium text-soft hover:text-ink aria-[current]:text-ink aria-[current]:shadow-[inset_0_-2px_0_var(--color-mark)]"
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <SearchMenu />
        <ThemeSwitch initial={theme} />
        <WalletMenu />
        <button
          type="button"
          popoverTarget="menu"
          aria-label="Menu"
          className="grid size-10 shrink-0 place-items-center rounded-[3px] hover:bg-sunk lg:hidden"
        >
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" stroke="currentColor" strokeWidth="1.6">
            <path d="M3 5.5h14M3 10h14M3 14.5h14" />
          </svg>
        </button>
      </div>
      <div
        id="menu"
        ref={menu}
        popover="auto"
        className="sheet fixed inset-x-3 top-20 bottom-auto m-0 w-auto p-2 text-ink shadow-xl backdrop:bg-black/30"
      >
        <nav aria-label="Menu">
          <ul>
            {PLACES.map(({ href, name }) => (
              <li key={href}>
                <Link
                  href={href}
                  prefetch={false}
                  aria-current={isHere(href) ? 'page' : undefined}
                  onClick={() => menu.current?.hidePopover()}
                  className="block rounded-[3px] px-4 py-3 text-lg font-medium hover:bg-sunk aria-[current]:text-mark"
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

/** Contours falling to a point. */
function Logo() {
  return (
    <svg
      viewBox="0 0 32 32"
      width="30"
      height="30"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
    >
      <path d="M3 5c6-3 20-3 26 0-1 10-6 19-13 23C9 24 4 15 3 5Z" />
      <path d="M8 8.5c4-1.6 12-1.6 16 0-.8 6-3.4 11-8 14-4.600-3-7.200-8-8-14Z" />
      <path
        d="M12.500 11.500c2-.7 5-.7 7 0-.5 2.600-1.600 4.600-3.500 6-1.900-1.400-3-3.400-3.500-6Z"
        fill="var(--color-mark)"
        stroke="none"
      />
    </svg>
  );
}
