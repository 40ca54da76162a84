import type { Metadata } from 'next';
import { TransactionsScreen } from './TransactionsScreen.tsx';

export const metadata: Metadata = { title: 'Transactions', robots: { index: false } };

export default function Page() {
  return <TransactionsScreen />;
}
