import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import type { Theme } from '../components/ThemeSwitch.tsx';
import { ChainProvider } from '../lib/chain/provider.tsx';
import { readStatus } from '../lib/chain/queries.ts';
import { siteOrigin } from '../lib/siteOrigin.ts';
import { Footer } from './Footer.tsx';
import { archivo, martian } from './fonts.ts';
import './globals.css';
import { Header } from './Header.tsx';
import { NothingToRead } from './NothingToRead.tsx';

export const metadata: Metadata = {
  title: { default: 'Descent: the register of model lineage', template: '%s · Descent' },
  description: 'A public register of machine-learning models in which every step from parent to child is a proof.',
  metadataBase: new URL(siteOrigin()),
  alternates: { types: { 'application/atom+xml': '/feed.xml' } },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f3f5f1' },
    { media: '(prefers-color-scheme: dark)', color: '#0d1416' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  const chain = await readStatus();
  const stored = (await cookies()).get('theme')?.value;
  const theme: Theme = stored === 'light' || stored === 'dark' ? stored : 'system';
  return (
    <html lang="en" data-theme={theme} className={`${archivo.variable} ${martian.variable}`}>
      <body className="flex min-h-dvh flex-col">
        <a
          href="#content"
          className="button button-main fixed top-2 left-2 z-50 -translate-y-24 focus-visible:translate-y-0"
        >
          Skip to content
        </a>
        {'missing' in chain ? (
          <NothingToRead reason={chain.missing} />
        ) : (
          <ChainProvider config={chain.config}>
            <Header theme={theme} />
            <main id="content" tabIndex={-1} className="flex-1 outline-none">
              {children}
            </main>
            <Footer initial={chain.status} />
          </ChainProvider>
        )}
      </body>
    </html>
  );
}
