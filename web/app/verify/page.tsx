import type { Metadata } from 'next';
import { isHash } from '../../lib/format.ts';
import { VerifyScreen } from './VerifyScreen.tsx';

export const metadata: Metadata = { title: 'Verify' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { node } = await searchParams;
  const initial = typeof node === 'string' && isHash(node) ? node : undefined;
  return <VerifyScreen key={initial ?? ''} {...(initial && { initial })} />;
}
