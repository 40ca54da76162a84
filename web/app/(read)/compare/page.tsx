import type { Metadata } from 'next';
import { readComparison } from '../../../lib/chain/queries.ts';
import { isHash } from '../../../lib/format.ts';
import { CompareScreen } from './CompareScreen.tsx';

export const metadata: Metadata = { title: 'Compare' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { a, b, benchmark } = await searchParams;
  const id = (value: typeof a) =>
    typeof value === 'string' && isHash(value) ? (value.toLowerCase() as `0x${string}`) : undefined;
  const comparison = await readComparison(id(a), id(b), typeof benchmark === 'string' ? benchmark : undefined);
  if ('missing' in comparison) return null;
  return <CompareScreen comparison={comparison} />;
}
