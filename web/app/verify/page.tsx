import type { Metadata } from 'next';
import { isHash } from '../../lib/format.ts';
import { VerifyScreen } from './VerifyScreen.tsx';

export const metadata: Metadata = { title: 'Verify' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { node } = await searchParams;
  return <VerifyScreen {...(typeof node === 'string' && isHash(node) && { initial: node })} />;
}
